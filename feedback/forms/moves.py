"""Input of a feedback form's moves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import Role
from feedback.deadlines import beyond_phase, latest_dates
from feedback.guards import CARRY_OVER, SHORTEN, problems_of
from feedback.services.corrections import ProblemChange
from supervision.core.web import MoveForm, NoteForm
from supervision.enums import Source
from supervision.forms.signing import PAPER, PaperSignForm
from supervision.models.campaign import CampaignGrant
from supervision.models.organisation import TeamGrant, UnitGrant
from supervision.vocabulary import vocabulary_of


def holders_of(grants: Any, object_id: int, *roles: str) -> Any:
    """The active accounts that hold any of the roles on one object, for a choice of who signed on paper."""
    codenames = [f"act_as_{role}" for role in roles]
    rows = grants.objects.filter(content_object_id=object_id, permission__codename__in=codenames)
    return User.objects.filter(pk__in=rows.values("user_id"), is_active=True)


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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        form, on = self.subject, self.subject.campaign.day_of(timezone.now())
        problems = [row for row in problems_of(form) if row.deadline_rule_id or row.typed_due_on or row.mended_on_spot]
        dates = latest_dates(form, problems, vocabulary_of(form.campaign_id), on)
        if not beyond_phase(form, dates):
            del self.fields["beyond_phase"]
        else:
            day = form.phase.ends_on.isoformat()
            self.fields["beyond_phase"].help_text = _("“%(phase)s”于%(day)s结束。") % {
                "phase": form.phase.name,
                "day": day,
            }


class IssueOnPaperForm(IssueForm, PaperSignForm):
    """A sheet that the signer signed on paper, entered with its scan."""

    field_order = ("signer", "paper_name", "paper_post", "signed_on", "scan", "typed_number", "beyond_phase")
    how = forms.ChoiceField(choices=[(PAPER, "")], initial=PAPER, widget=forms.HiddenInput)

    def signers(self) -> Any:
        if self.subject.source == Source.TEAM:
            return holders_of(TeamGrant, self.subject.team_id, Role.LEADER, Role.DEPUTY, Role.SPONSOR)
        return holders_of(CampaignGrant, self.subject.campaign_id, Role.OFFICE_LEAD)


class AcknowledgeForm(PaperSignForm):
    """Signing for receipt in one minute: name and post stand there already."""

    name = forms.CharField(label=gettext_lazy("签收人"), max_length=64, required=False)
    post = forms.CharField(label=gettext_lazy("职务"), max_length=128, required=False)
    field_order = ("name", "post", "how", "signer", "paper_name", "paper_post", "signed_on", "scan")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].initial = self.user.name
        self.fields["post"].initial = self.user.post

    def signers(self) -> Any:
        return holders_of(UnitGrant, self.subject.unit_id, Role.HEAD, Role.LIAISON, Role.LEADERSHIP)


class CorrectForm(NoteForm):
    """For each problem its fact, requirement and date; left as they are they stay."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.subject.version
        self.problems = problems_of(self.subject)
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
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            )

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
