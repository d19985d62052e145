"""`load_scenario shanxi_2021 --as-recorded`: what the report tells, at its own dates; then finished."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from feedback.enums import FormStatus
from feedback.models import FeedbackForm
from feedback.services.deeming import deem_overdue_forms
from rectification.enums import ItemStatus
from rectification.models import RectificationItem
from supervision.core.models import Dispatch, Event, Notification
from supervision.enums import CampaignStatus
from supervision.models import Campaign, Inspection
from supervision.scenarios.reading import read_scenario, scenario_path
from supervision.vocabulary import forget

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def recorded() -> Campaign:
    forget()
    call_command("load_scenario", "shanxi_2021", "--as-recorded", stdout=StringIO())
    return Campaign.objects.get(code="shanxi-2021")


def test_the_campaign_is_finished_at_its_own_dates(recorded):
    assert recorded.status == CampaignStatus.FINISHED
    moments = Event.objects.filter(campaign_id=recorded.pk).values_list("at", flat=True)
    assert date(2021, 8, 16) <= min(moments).date()
    assert max(moments).date() == date(2021, 11, 15)


def test_four_forms_carry_the_two_problems_that_the_report_names_with_deadlines(recorded):
    given = read_scenario(scenario_path("shanxi_2021")).reported["bodies"]["court"]["given_results"]
    told = given["feedback_forms_issued"]
    forms = FeedbackForm.objects.filter(campaign=recorded).order_by("number")
    assert forms.count() == told["count"] == 4
    for form in forms:
        assert form.status == FormStatus.ACKNOWLEDGED
        assert [problem.title for problem in form.problems.all()] == told["problems"]
        assert all(problem.due_on for problem in form.problems.all()) is told["with_deadline"]
    assert {form.unit.name for form in forms} == {
        "太原铁路运输中级法院", "太原铁路运输法院", "大同铁路运输法院", "临汾铁路运输法院",
    }  # fmt: skip
    assert [form.number for form in forms] == [f"晋法教整督〔2021〕{n}号" for n in range(1, 5)]


def test_deadlines_count_the_working_days_of_2021(recorded):
    """Received on 1 September; fifteen working days with 中秋 and its make-up day end on 23 September."""
    dates = set(RectificationItem.objects.values_list("form__received_on", "due_on"))
    assert dates == {(date(2021, 9, 1), date(2021, 9, 23))}


def test_nothing_is_played_that_the_report_does_not_tell(recorded):
    assert set(RectificationItem.objects.values_list("status", flat=True)) == {ItemStatus.ASSIGNED}
    assert Inspection.objects.count() == 4


def test_nobody_is_reminded_and_nobody_can_sign_in(recorded):
    assert not Notification.objects.exists()
    assert not Dispatch.objects.filter(done_at__isnull=True).exists()
    assert deem_overdue_forms(at=timezone.now()) == 0
    users = User.objects.all()
    assert users
    assert not any(user.is_active or user.has_usable_password() or user.is_demo for user in users)


def test_it_is_loaded_once(recorded):
    with pytest.raises(CommandError, match="已经装载过"):
        call_command("load_scenario", "shanxi_2021", "--as-recorded")
    assert FeedbackForm.objects.count() == 4
