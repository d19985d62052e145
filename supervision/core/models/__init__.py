"""The kernel's tables."""

from supervision.core.models.calendar import CalendarDay, CalendarYear
from supervision.core.models.channel import Channel, ChannelKind
from supervision.core.models.deadline import DeadlineChange
from supervision.core.models.delivery import Delivery, DeliveryState, MailTiming
from supervision.core.models.event import Event
from supervision.core.models.file import StoredFile
from supervision.core.models.hook import Hook, HookDelivery
from supervision.core.models.notification import Dispatch, Notification
from supervision.core.models.number import IssuedNumber, NumberCounter, NumberSeries
from supervision.core.models.paper import Paper
from supervision.core.models.reminder import Reminder
from supervision.core.models.task_run import TaskRun
from supervision.core.models.version import VocabularyVersion

__all__ = [
    "CalendarDay",
    "CalendarYear",
    "Channel",
    "ChannelKind",
    "DeadlineChange",
    "Delivery",
    "DeliveryState",
    "Dispatch",
    "Event",
    "Hook",
    "HookDelivery",
    "IssuedNumber",
    "MailTiming",
    "Notification",
    "NumberCounter",
    "NumberSeries",
    "Paper",
    "Reminder",
    "StoredFile",
    "TaskRun",
    "VocabularyVersion",
]
