"""What two members saw, as typed by the first of them."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Q
from django.forms import formset_factory
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from rectification.closing_guards import standing_record
from rectification.enums import VerificationWay
from rectification.item_evidence import MeasureCard, Proof, pieces_of, proof_of
from rectification.services.verification import SeenMeasure
from supervision.core.web import MoveForm, UploadField, date_input
from supervision.models.people import TeamMembership
from supervision.rules import TEAM_PEOPLE

HOLDS, FAILS = "yes", "no"


class SeenMeasureForm(forms.Form):
    """What was seen of one measure; its text stands above the row."""

    measure = forms.IntegerField(widget=forms.HiddenInput)
    holds = forms.ChoiceField(
        label=_("核验结果"), choices=[(HOLDS, _("属实")), (FAILS, _("不属实"))], widget=forms.RadioSelect
    )
    remark = forms.CharField(label=_("说明"), required=False, max_length=255)

    def seen(self) -> SeenMeasure:
        given = self.cleaned_data
        return SeenMeasure(given["measure"], given["holds"] == HOLDS, given["remark"])


SeenMeasures = formset_factory(SeenMeasureForm, extra=0)


class VerificationForm(MoveForm):
    formsets = ("results",)

    way = forms.ChoiceField(label=_("核验方式"), choices=VerificationWay.choices)
    verified_on = forms.DateField(label=_("核验日期"), widget=date_input())
    place = forms.CharField(label=_("核验地点"), max_length=128)
    opinion = forms.CharField(label=_("核验意见"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
    second_verifier = forms.ModelChoiceField(
        label=_("第二核验人"), queryset=User.objects.none(), help_text=_("由其本人用自己的账号确认。")
    )
    scan = UploadField(
        label=_("两人签名的核验记录（扫描件）"), required=False, help_text=_("上传后不必由第二核验人在线确认。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["second_verifier"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = self._others()
        if not self.is_bound:
            self._take_record()
        self.results = SeenMeasures(
            args[0] if args else None, prefix="results", initial=None if self.is_bound else self._seen()
        )

    @cached_property
    def proof(self) -> Proof:
        return proof_of(self.subject.measures.all(), pieces_of(self.subject))

    def rows(self) -> list[tuple[MeasureCard | None, SeenMeasureForm]]:
        """Each row beside its measure and that one's evidence; asked for by the page alone."""
        cards = {str(card.measure.pk): card for card in self.proof.cards}
        return [(cards.get(str(row["measure"].value())), row) for row in self.results]

    def _others(self) -> Any:
        """The team's other members of today."""
        on = self.subject.campaign.day_of(timezone.now())
        gone = Q(starts_on__gt=on) | Q(ends_on__lt=on)
        members = TeamMembership.objects.filter(team_id=self.subject.team_id, role__in=TEAM_PEOPLE).exclude(gone)
        people = User.objects.filter(pk__in=members.values("user_id"), is_active=True)
        return people.exclude(pk__in=[self.user.pk, self.subject.submitted_by_id or 0])

    def _take_record(self) -> None:
        """A record that is entered once more begins with what stands; else with today and the unit."""
        record = standing_record(self.subject)
        if record is None:
            first = {"verified_on": self.subject.campaign.day_of(timezone.now()), "place": self.subject.unit.name}
        else:
            first = {name: getattr(record, name) for name in ("way", "verified_on", "place", "opinion")}
            first["second_verifier"] = record.second_verifier_id
        for name, value in first.items():
            self.initial.setdefault(name, value)

    def _seen(self) -> list[dict[str, Any]]:
        record = standing_record(self.subject)
        results = {result.measure_id: result for result in record.seen} if record else {}
        rows: list[dict[str, Any]] = []
        for measure in self.subject.measures.all():
            row: dict[str, Any] = {"measure": measure.pk}
            if result := results.get(measure.pk):
                row |= {"holds": HOLDS if result.holds else FAILS, "remark": result.remark}
            rows.append(row)
        return rows

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.results.is_valid()])

    def inputs(self) -> dict[str, Any]:
        return {**self.cleaned_data, "results": [row.seen() for row in self.results]}
