"""The tables of the feedback app."""

from feedback.models.attachment import FormAttachment
from feedback.models.form import FeedbackForm, FeedbackProblem
from feedback.models.receipt import Receipt

__all__ = ["FeedbackForm", "FeedbackProblem", "FormAttachment", "Receipt"]
