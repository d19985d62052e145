"""Evidence by itself: its file for whoever sees the item, and taking it off again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from rectification.models.evidence import Evidence
from rectification.services.evidence import withdraw_evidence
from rectification.transitions import WITHDRAW_EVIDENCE
from supervision.core import events, files, parts
from supervision.core.refusals import NotAllowed, Refusal, WrongState
from supervision.core.transitions import Situation


class _EvidenceView(LoginRequiredMixin, View):
    """Found only through its item: whoever may not see that gets 404."""

    def find(self, request: HttpRequest, pk: int) -> Evidence:
        user: Any = request.user
        found = Evidence.objects.visible_to(user).filter(pk=pk)
        evidence = found.select_related("file", "item__campaign", "item__unit").first()
        if evidence is None:
            raise Http404
        return evidence


class EvidenceFileView(_EvidenceView):
    """A download; `?inline` shows PDF and photos in the browser, `?small` a photo for a list."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
        stored = self.find(request, pk).file
        if "small" in request.GET:
            return files.small_response(stored)
        return files.open_response(stored, inline="inline" in request.GET)


class EvidenceWithdrawView(_EvidenceView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        evidence = self.find(request, pk)
        item, now, move = evidence.item, timezone.now(), WITHDRAW_EVIDENCE
        situation = Situation(request.user, now, item.campaign.day_of(now), {"evidence": evidence})
        assert move.allowed is not None
        if not move.is_allowed(item, situation):
            raise NotAllowed.for_roles(move.allowed.words(item))
        if item.status not in move.sources:
            raise WrongState.of(str(move.label), item.get_status_display())
        unmet = move.unmet(item, situation, with_inputs=True)
        return self._ask(request, evidence, parts.mends(unmet))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        evidence, at = self.find(request, pk), timezone.now()
        user: Any = request.user
        try:
            item = withdraw_evidence(pk=pk, actor=user, at=at)
        except Refusal as refusal:
            events.record_refusal(
                move_verb=WITHDRAW_EVIDENCE.verb,
                subject=evidence.item,
                actor=user,
                at=at,
                reasons=[condition.name for condition in refusal.conditions],
            )
            raise
        messages.success(request, _("已撤下：%(name)s") % {"name": evidence.file.original_name})
        return redirect(item)

    @staticmethod
    def _ask(request: HttpRequest, evidence: Evidence, mends: Any) -> HttpResponse:
        item = evidence.item
        context = {
            "title": _("撤下佐证材料"),
            "question": _("确定撤下“%(name)s”？") % {"name": evidence.file.original_name},
            "details": [_("文件和上传记录仍然保留，但不再作为本事项的佐证材料。")],
            "mends": mends,
            "submit_label": _("撤下"),
            "danger": True,
            "cancel_url": item.get_absolute_url(),
            "crumbs": [parts.Crumb(item.number, item.get_absolute_url()), parts.Crumb(_("撤下佐证材料"))],
        }
        return render(request, "components/confirm.html", context)
