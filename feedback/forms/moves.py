"""Input of a feedback form's moves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import OBJECT_OF, Role, codename
from feedback.deadlines import beyond_phase, full_day, latest_dates
from feedback.guards import CARRY_OVER, SHORTEN, problems_of
from feedback.models import FeedbackForm, FeedbackProblem
from feedback.rules import UNIT_RECEIVERS
from feedback.services.corrections import ProblemChange
from supervision.core import numbers
from supervision.core.templatetags._dates import day_text
from supervision.core.web import MoveForm, NoteForm, UploadField, date_input
from supervision.enums import Document
from supervision.forms.signing import PAPER, PaperSignForm
from supervision.models.campaign import CampaignGrant
from supervision.models.organisation import BodyGrant, TeamGrant, UnitGrant
from supervision.vocabulary import vocabulary_of

GRANTS: dict[str, Any] = {"campaign": CampaignGrant, "body": BodyGrant, "team": TeamGrant, "unit": UnitGrant}


def holders_of(subject: Any, *roles: str) -> Any:
    """The active accounts that hold any of the roles around the subject, for a choice of who signed on paper."""
    found = Q(pk__in=[])
    for role in roles:
        kind = OBJECT_OF[role]
        rows = GRANTS[kind].objects.filter(
            content_object_id=getattr(subject, f"{kind}_id"), permission__codename=codename(role)
        )
        found |= Q(pk__in=rows.values("user_id"))
    return User.objects.filter(found, is_active=True)


class IssueForm(MoveForm):
    """The number by the system or from the office's own register; what to do where a date runs beyond the phase."""

    typed_number = forms.CharField(
        label=gettext_lazy("文号"),
        required=False,
        max_length=64,
        help_text=gettext_lazy("留空由系统按序编号；已在本机关登记簿取号的，填写登记的文号。"),
    )
    beyond_phase = forms.ChoiceField(
        label=gettext_lazy("时限晚于环节结束日期"),
        choices=[(CARRY_OVER, gettext_lazy("结转下一环节")), (SHORTEN, gettext_lazy("缩短到环节结束日期"))],
        required=False,
        widget=forms.RadioSelect,
    )
    sealed = UploadField(
        label=gettext_lazy("盖章件扫描件"), required=False, help_text=gettext_lazy("可不上传；存于反馈单正文之旁。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        form, on = self.subject, self.subject.campaign.day_of(timezone.now())
        problems, vocabulary = problems_of(form), vocabulary_of(form.campaign_id)
        late = beyond_phase(form, problems, latest_dates(problems, vocabulary, on))
        if not late:
            del self.fields["beyond_phase"]
            return
        facts = {"phase": form.phase.name, "day": full_day(form.phase.ends_on)}
        facts["numbers"] = "、".join(str(problem.order) for problem in late)
        self.fields["beyond_phase"].help_text = _("“%(phase)s”于%(day)s结束，问题%(numbers)s的时限晚于这一天。") % facts

    def clean_typed_number(self) -> str:
        """Said beside the field; the register decides once more when the number is entered."""
        typed = numbers.normalised(self.cleaned_data["typed_number"])
        if typed and numbers.is_taken(campaign_id=self.subject.campaign_id, text=typed):
            raise forms.ValidationError(_("文号“%(number)s”已经使用过，请核对本机关登记簿。") % {"number": typed})
        return typed


class IssueOnPaperForm(IssueForm, PaperSignForm):
    """A sheet that the signer signed on paper, entered with its scan."""

    field_order = ("signer", "paper_name", "paper_post", "signed_on", "scan", "typed_number", "beyond_phase")
    how = forms.ChoiceField(choices=[(PAPER, "")], initial=PAPER, widget=forms.HiddenInput)
    sealed = None  # type: ignore[assignment]  # the scan of the signed sheet is the sealed one

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["signed_on"].help_text = days_back(self.subject)

    def signers(self) -> Any:
        """Whoever the route's signing step may name; the service judges the date on the paper."""
        role = vocabulary_of(self.subject.campaign_id).route(
            Document.FEEDBACK_FORM, self.subject.route_source, self.subject.is_key
        )[-1]
        roles = (Role.LEADER, Role.DEPUTY, Role.SPONSOR) if role == Role.LEADER else (role,)
        return holders_of(self.subject, *roles)


def days_back(form: FeedbackForm) -> str:
    """How old the date on a paper may be, with the day that this is."""
    vocabulary, on = vocabulary_of(form.campaign_id), form.campaign.day_of(timezone.now())
    count = vocabulary.campaign.paper_days_back
    first = day_text(vocabulary.calendar.add(on, -count), on, vocabulary.calendar)
    return _("不得晚于今天，最多早于今天%(count)d个工作日（%(day)s）；办理时间从纸面日期起算。") % {
        "count": count,
        "day": first,
    }


class AcknowledgeForm(PaperSignForm):
    """Signing for receipt in one minute: name and post stand there already."""

    name = forms.CharField(label=gettext_lazy("签收人"), max_length=64, required=False)
    post = forms.CharField(label=gettext_lazy("职务"), max_length=128, required=False)
    field_order = ("name", "post", *PaperSignForm.SLIP)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].initial = self.user.name
        self.fields["post"].initial = self.user.post
        self.fields["how"].label = _("签收方式")
        self.fields["signer"].label = _("纸面签收人")
        self.fields["signed_on"].help_text = days_back(self.subject)

    def signers(self) -> Any:
        return holders_of(self.subject, *UNIT_RECEIVERS)


class CorrectForm(NoteForm):
    """For each problem its fact, requirement and date; left as they are they stay."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.subject.version
        self.problems = [problem for problem in problems_of(self.subject) if not problem.settled_as]
        area = {"rows": 3}
        for problem in self.problems:
            facts = {"number": problem.order}
            self.fields[f"fact_{problem.pk}"] = forms.CharField(
                label=_("问题%(number)d：具体表现") % facts,
                initial=problem.fact,
                required=False,
                max_length=4000,
                widget=forms.Textarea(attrs=area),
            )
            self.fields[f"requirement_{problem.pk}"] = forms.CharField(
                label=_("问题%(number)d：整改要求") % facts,
                initial=problem.requirement,
                required=False,
                max_length=4000,
                widget=forms.Textarea(attrs=area),
            )
            self.fields[f"due_on_{problem.pk}"] = forms.DateField(
                label=_("问题%(number)d：整改时限") % facts,
                initial=problem.due_on,
                required=False,
                help_text=_("只能延后，不能提前。"),
                widget=date_input(),
            )

    def rows(self) -> list[tuple[FeedbackProblem, list[Any]]]:
        """Each problem with its three fields."""
        return [
            (problem, [self[f"{name}_{problem.pk}"] for name in ("fact", "requirement", "due_on")])
            for problem in self.problems
        ]

    def inputs(self) -> dict[str, Any]:
        given = self.cleaned_data
        changes = [
            ProblemChange(
                problem=problem,
                fact=given[f"fact_{problem.pk}"],
                requirement=given[f"requirement_{problem.pk}"],
                due_on=given[f"due_on_{problem.pk}"],
            )
            for problem in self.problems
        ]
        return {"note": given["note"], "version": given["version"], "changes": changes}
