"""Every address and its rule. An address without a rule fails tests/architecture/test_scope_matrix.py."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import get_resolver

PUBLIC = "public"  # no sign-in
OWN = "own"  # signed in: shows what is the reader's, and no byte of anybody else's
OBJECT = "object"  # found by scope: 404 for whoever may not see it
STEWARDS = "stewards"  # the provincial office's and the system administrator's
SECURITY, SYSTEM, AUDIT = "security_admin", "system_admin", "auditor"  # one administrator's pages


@dataclass(frozen=True)
class Rule:
    """`args` name objects of tests/architecture/stage.py whose ids the address takes; other texts stand as they are."""

    kind: str
    args: tuple[Any, ...] = ()
    insider: str = ""  # somebody for whom GET answers 200: the object does exist


RULES: dict[str, Rule] = {
    "health-live": Rule(PUBLIC),
    "health-ready": Rule(PUBLIC),
    "accounts:sign-in": Rule(PUBLIC),
    "accounts:language": Rule(PUBLIC),
    "accounts:sign-in-help": Rule(PUBLIC),
    "accounts:sign-out": Rule(OWN),
    "accounts:contact": Rule(OWN),
    "accounts:reminding": Rule(OWN),
    "accounts:session-end-others": Rule(OWN),
    "accounts:session-end": Rule(OWN, (0,)),
    "accounts:account-edit": Rule(SYSTEM, ("user",)),
    "accounts:session": Rule(OWN),
    "accounts:profile": Rule(OWN),
    "accounts:password": Rule(OWN),
    "accounts:account-list": Rule(SYSTEM),
    "accounts:account-new": Rule(SYSTEM),
    "accounts:account": Rule(SYSTEM, ("user",)),
    "accounts:account-move": Rule(SYSTEM, ("user", "disable")),
    "supervision:people": Rule(SECURITY),
    "supervision:person": Rule(SECURITY, ("user",)),
    "supervision:appointment-end": Rule(SECURITY, ("team", "appointment")),
    "supervision:events": Rule(AUDIT),
    "supervision:delegations": Rule(OWN),
    "supervision:delegation-new": Rule(OBJECT, ("unit",), "u1-head"),
    "supervision:delegation-revoke": Rule(OBJECT, ("delegation",), "u1-head"),
    "supervision:signature-confirm": Rule(OBJECT, ("signature",), "u1"),
    "supervision:signature-dispute": Rule(OBJECT, ("signature",), "u1"),
    "supervision:workbench": Rule(OWN),
    "supervision:signing": Rule(OWN),
    "supervision:place-choose": Rule(OWN),
    "supervision:advice-sheet": Rule(OBJECT, ("advice",)),
    "supervision:advice-sheet-move": Rule(OBJECT, ("advice", "return")),
    "supervision:inspection-sheet": Rule(OBJECT, ("inspection",)),
    "supervision:inspection-sheet-move": Rule(OBJECT, ("inspection", "return")),
    "supervision:dashboard": Rule(OWN),
    "supervision:panel": Rule(OWN, ("rectification-figures",)),
    "supervision:style": Rule(OWN),
    "supervision:views": Rule(OWN, ("ledger",)),
    "supervision:view-columns": Rule(OWN, ("ledger",)),
    "supervision:view-move": Rule(OWN, ("ledger", "m1", "rename")),
    "supervision:file": Rule(OBJECT, ("file",), "u1"),
    "supervision:notification-list": Rule(OWN),
    "supervision:notification-read-all": Rule(OWN),
    "supervision:notification-read": Rule(OBJECT, ("notification",)),
    "supervision:system": Rule(STEWARDS),
    "supervision:schedule": Rule(STEWARDS, ("remind",)),
    "supervision:delivery-retry": Rule(OBJECT, ("delivery",)),
    "supervision:notification-badge": Rule(OWN),
    "supervision:sent": Rule(OBJECT, ("rectification_item", "item"), "u1"),
    "supervision:reminder-read-all": Rule(OWN),
    "supervision:reminder-read": Rule(OBJECT, ("reminder",)),
    "supervision:campaign-current": Rule(OWN),
    "supervision:campaign": Rule(OWN, ("campaign",)),
    "supervision:campaign-choose": Rule(OWN, ("campaign",)),
    "supervision:campaign-move": Rule(OWN, ("campaign", "finish")),
    "supervision:directory": Rule(OWN),
    "supervision:organisation": Rule(OWN),
    "supervision:team": Rule(OWN, ("own_team",)),
    "supervision:team-new": Rule(OWN, ("campaign", "own_body")),
    "supervision:team-rename": Rule(OWN, ("campaign", "own_team")),
    "supervision:unit-new": Rule(OWN, ("campaign", "own_team")),
    "supervision:unit-rename": Rule(OWN, ("campaign", "unit")),
    "supervision:appointment-absence": Rule(SECURITY, ("appointment",)),
    "supervision:workdays": Rule(OWN),
    "supervision:workday": Rule(OWN, ("2026-10-08",)),
    "supervision:workday-year": Rule(OWN, (2026,)),
    "supervision:settings": Rule(OWN, ("campaign",)),
    "supervision:setting-general": Rule(OWN, ("campaign",)),
    "supervision:setting-words": Rule(OWN, ("campaign",)),
    "supervision:setting-routes": Rule(OWN, ("campaign",)),
    "supervision:setting-route": Rule(OWN, ("campaign", "feedback_form", "team", 0)),
    "supervision:setting-numbers": Rule(OWN, ("campaign",)),
    "supervision:setting-number-new": Rule(OWN, ("campaign",)),
    "supervision:setting-number": Rule(OWN, ("campaign", "series")),
    "supervision:setting-rows": Rule(OWN, ("campaign", "deadlines")),
    "supervision:setting-new": Rule(OWN, ("campaign", "categories")),
    "supervision:setting-row": Rule(OWN, ("campaign", "deadlines", "rule")),
    "supervision:setting-act": Rule(OWN, ("campaign", "deadlines", "rule", "retire")),
    "supervision:inspection-list": Rule(OWN),
    "supervision:inspection-calendar": Rule(OWN),
    "supervision:inspection-plan-notes": Rule(OWN),
    "supervision:kit": Rule(OWN),
    "supervision:inspection-kit": Rule(OBJECT, ("inspection",), "a1-lead"),
    "supervision:problem-phrases": Rule(OBJECT, ("inspection",), "a1-lead"),
    "supervision:fact-check": Rule(OBJECT, ("inspection",), "a1-lead"),
    "supervision:fact-check-sheet": Rule(OBJECT, ("inspection",), "a1-lead"),
    "supervision:inspection-create": Rule(OWN),
    "supervision:inspection-late-entry": Rule(OWN),
    "supervision:inspection": Rule(OBJECT, ("inspection",), "a1-lead"),
    "supervision:inspection-print": Rule(OBJECT, ("inspection",), "a1-lead"),
    "supervision:inspection-log": Rule(OBJECT, ("inspection",), "a1-lead"),
    "supervision:record-create": Rule(OBJECT, ("inspection",), "a1-lead"),
    "supervision:record": Rule(OBJECT, ("inspection", "record"), "a1-member"),
    "supervision:record-delete": Rule(OBJECT, ("inspection", "record"), "a1-member"),
    "supervision:inspection-photos": Rule(OBJECT, ("inspection",)),
    "supervision:inspection-point": Rule(OBJECT, ("inspection", "point"), "a1-lead"),
    "supervision:inspection-checklist": Rule(OBJECT, ("inspection",), "a1-lead"),
    "supervision:problem-create": Rule(OBJECT, ("inspection",), "a1-lead"),
    "supervision:problem": Rule(OBJECT, ("inspection", "problem"), "a1-lead"),
    "supervision:problem-delete": Rule(OBJECT, ("inspection", "problem"), "a1-lead"),
    "supervision:talk-create": Rule(OBJECT, ("inspection",), "a1-lead"),
    "supervision:talk": Rule(OBJECT, ("inspection", "talk"), "a1-member"),
    "supervision:inspection-move": Rule(OBJECT, ("inspection", "submit"), "a1-lead"),
    "supervision:daily-records": Rule(OWN),
    "supervision:daily-record-create": Rule(OWN),
    "supervision:daily-week": Rule(OWN),
    "supervision:daily-coverage": Rule(OWN),
    "supervision:daily-record": Rule(OBJECT, ("daily_record",), "a1-member"),
    "supervision:daily-record-move": Rule(OBJECT, ("daily_record", "follow-up"), "a1-member"),
    "supervision:advice-list": Rule(OWN),
    "supervision:advice-create": Rule(OWN),
    "supervision:advice": Rule(OBJECT, ("advice",), "u1"),
    "supervision:advice-paper": Rule(OBJECT, ("advice",), "u1"),
    "supervision:advice-move": Rule(OBJECT, ("advice", "answer"), "u1"),
    "supervision:filed-drafts": Rule(OWN),
    "supervision:filed-draft-create": Rule(OWN),
    "supervision:filed-draft": Rule(OBJECT, ("filed_draft",), "a1-lead"),
    "supervision:filed-draft-move": Rule(OBJECT, ("filed_draft", "read"), "a1-lead"),
    "feedback:forms": Rule(OWN),
    "feedback:form-new": Rule(OWN),
    "feedback:form": Rule(OBJECT, ("form",), "u1"),
    "feedback:form-paper": Rule(OBJECT, ("form",), "u1"),
    "feedback:form-versions": Rule(OBJECT, ("form",), "u1"),
    "feedback:form-edit": Rule(OBJECT, ("draft",), "a1-member"),
    "feedback:form-preview": Rule(OBJECT, ("draft",)),
    "feedback:problem-remove": Rule(OBJECT, ("draft", "form_problem"), "a1-member"),
    "feedback:form-move": Rule(OBJECT, ("form", "acknowledge"), "u1"),
    "feedback:form-sheet": Rule(OBJECT, ("form",)),
    "feedback:form-sheet-move": Rule(OBJECT, ("form", "return")),
    "rectification:plan-sheet": Rule(OBJECT, ("item",)),
    "rectification:plan-sheet-move": Rule(OBJECT, ("item", "return-plan")),
    "rectification:closure-sheet": Rule(OBJECT, ("item",)),
    "rectification:closure-sheet-move": Rule(OBJECT, ("item", "close")),
    "rectification:report-sheet": Rule(OBJECT, ("report",)),
    "rectification:report-sheet-move": Rule(OBJECT, ("report", "sign")),
    "rectification:ledger": Rule(OWN),
    "rectification:ledger-csv": Rule(OWN),
    "rectification:ledger-xlsx": Rule(OWN),
    "rectification:ledger-print": Rule(OWN),
    "rectification:ledger-press": Rule(OWN),
    "rectification:reports": Rule(OWN),
    "rectification:report-new": Rule(OBJECT, ("item_form",), "u1"),
    "rectification:report": Rule(OBJECT, ("report",), "u1"),
    "rectification:report-edit": Rule(OBJECT, ("report",), "u1"),
    "rectification:report-preview": Rule(OBJECT, ("report",), "u1"),
    "rectification:report-paper": Rule(OBJECT, ("signed_report", 1), "a1-lead"),
    "rectification:report-move": Rule(OBJECT, ("report", "withdraw"), "u1"),
    "rectification:item": Rule(OBJECT, ("item",), "a1-lead"),
    "rectification:closing-queue": Rule(OWN),
    "rectification:closure": Rule(OBJECT, ("closed",), "a1-lead"),
    "rectification:plan-paper": Rule(OBJECT, ("item", 1), "a1-lead"),
    "rectification:item-move": Rule(OBJECT, ("item", "note-progress"), "u1"),
    "rectification:evidence-file": Rule(OBJECT, ("evidence",), "a1-lead"),
    "rectification:evidence-withdraw": Rule(OBJECT, ("evidence",), "u1"),
}


def all_names(resolver: Any = None, namespace: str = "") -> Iterator[str]:
    """The names of every address of the project."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from all_names(pattern, inner)
        else:
            yield f"{namespace}{pattern.name}"
