"""Named conditions of a feedback form's moves (domain/states.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Role
from feedback.deadlines import beyond_phase, latest_dates
from feedback.enums import SettledAs
from feedback.models import FeedbackForm, FeedbackProblem
from supervision import rules
from supervision.core import numbers
from supervision.core.transitions import Situation, guard
from supervision.enums import Document
from supervision.vocabulary import vocabulary_of

CLASSIFIED = re.compile(r"(绝密|机密|秘密)\s*[★☆*]")  # GB/T 9704: 密级★保密期限
CARRY_OVER, SHORTEN = "carry_over", "shorten"


def problems_of(form: FeedbackForm) -> list[FeedbackProblem]:
    return list(form.problems.select_related("severity", "category", "deadline_rule"))


def missing_of(problem: FeedbackProblem) -> Iterator[str]:
    """What one problem still lacks before the form can be submitted."""
    if not problem.fact.strip():
        yield _("具体表现")
    if not problem.basis.strip():
        yield _("依据")
    if problem.mended_on_spot:
        return
    if not problem.requirement.strip():
        yield _("整改要求")
    if problem.deadline_rule_id is None and problem.typed_due_on is None:
        yield _("整改时限")


@guard(gettext_lazy("至少一个问题，且每个问题写明具体表现、依据、整改要求和时限"))
def problems_are_complete(form: FeedbackForm, situation: Situation) -> Iterator[str]:
    problems = problems_of(form)
    if not problems:
        yield _("还没有问题")
    for problem in problems:
        if missing := list(missing_of(problem)):
            facts = {"number": problem.order, "title": problem.title, "missing": "、".join(missing)}
            yield _("问题%(number)d“%(title)s”缺少：%(missing)s") % facts


@guard(gettext_lazy("涉密内容不得进入本系统"))
def nothing_is_classified(form: FeedbackForm, situation: Situation) -> Iterator[str]:
    """Classified 密级 material is refused: the marking is named, the text is not repeated."""
    texts = [form.title, form.requirement]
    for problem in form.problems.all():
        texts += [problem.title, problem.fact, problem.basis, problem.requirement]
    for text in texts:
        if found := CLASSIFIED.search(text):
            yield _("文字中有密级标志“%(mark)s”，请改用机要渠道办理。") % {"mark": found.group(0)}


@guard(gettext_lazy("需要另一人办理：签发人不能是起草报送人"), needs_input=True)
def signer_is_not_drafter(form: FeedbackForm, situation: Situation) -> bool:
    paper = situation.inputs.get("paper")
    signer = paper.signer if paper else situation.actor
    return bool(signer.pk != form.submitted_by_id)


@guard(gettext_lazy("需要另一人办理：核稿人不能是起草报送人"))
def endorser_is_not_drafter(form: FeedbackForm, situation: Situation) -> bool:
    return bool(situation.actor.pk != form.submitted_by_id)


@guard(gettext_lazy("须附签字的扫描件"), needs_input=True)
def paper_is_given(form: FeedbackForm, situation: Situation) -> bool:
    return situation.inputs.get("paper") is not None


@guard(gettext_lazy("纸面签发人须有签发权"), needs_input=True)
def paper_signer_is_entitled(form: FeedbackForm, situation: Situation) -> bool:
    """Who stands on the paper must be whom the route names for the signing step, on the date of the paper."""
    paper = situation.inputs.get("paper")
    if paper is None:
        return True
    signs = rules.ByRoute(Document.FEEDBACK_FORM, signs=True, roles=(), author=lambda form: form.submitted_by_id)
    return signs(form, Situation(paper.signer, situation.at, paper.signed_on))


@guard(gettext_lazy("文号须未被使用"), needs_input=True)
def typed_number_is_free(form: FeedbackForm, situation: Situation) -> Iterator[str]:
    typed = str(situation.inputs.get("typed_number") or "").strip()
    if typed and numbers.is_taken(campaign_id=form.campaign_id, text=typed):
        yield _("文号“%(number)s”已经使用过，请核对本机关登记簿。") % {"number": numbers.normalised(typed)}


@guard(gettext_lazy("时限晚于环节结束日期时须选择处理方式"), needs_input=True)
def phase_end_is_considered(form: FeedbackForm, situation: Situation) -> Iterator[str]:
    """The end of the phase warns, it never clamps: the signer chooses to shorten or to carry over 结转."""
    if situation.inputs.get("beyond_phase") in (CARRY_OVER, SHORTEN):
        return
    dates = latest_dates(form, problems_of(form), vocabulary_of(form.campaign_id), situation.on)
    if late := beyond_phase(form, dates):
        facts = {"count": len(late), "phase": form.phase.name, "day": form.phase.ends_on.isoformat()}
        yield _("%(count)d个问题的时限晚于“%(phase)s”结束日期%(day)s，请选择缩短或结转下一环节。") % facts


@guard(gettext_lazy("签收人姓名须填写"), needs_input=True)
def receiver_is_named(form: FeedbackForm, situation: Situation) -> bool:
    return bool(str(situation.inputs.get("name") or "").strip()) or situation.inputs.get("paper") is not None


@guard(gettext_lazy("签收期限须已届满"))
def receipt_period_is_over(form: FeedbackForm, situation: Situation) -> bool:
    return form.receipt_due_on is not None and situation.on > form.receipt_due_on


@guard(gettext_lazy("须在签收之前"))
def is_not_received(form: FeedbackForm, situation: Situation) -> bool:
    return not form.receipts.exists()


@guard(gettext_lazy("更正须有改动，且时限不得缩短"), needs_input=True)
def correction_is_fair(form: FeedbackForm, situation: Situation) -> Iterator[str]:
    changes = situation.inputs.get("changes") or []
    if not any(change.is_real for change in changes):
        yield _("没有改动任何内容")
    for change in changes:
        if change.due_on is not None and change.problem.due_on and change.due_on < change.problem.due_on:
            facts = {"title": change.problem.title, "day": change.problem.due_on.isoformat()}
            yield _("“%(title)s”的时限不得早于原定的%(day)s") % facts


@guard(gettext_lazy("须更正最新版次"), needs_input=True)
def correction_is_of_the_newest_version(form: FeedbackForm, situation: Situation) -> Iterator[str]:
    """A page opened before somebody else's correction would undo it without anyone having seen it."""
    if situation.inputs.get("version") != form.version:
        yield _("反馈单已更正为第%(version)d版，请刷新页面后在新版上更正。") % {"version": form.version}


@guard(gettext_lazy("每个问题均已办结"))
def every_problem_is_settled(form: FeedbackForm, situation: Situation) -> Iterator[str]:
    for problem in form.problems.filter(settled_as=SettledAs.NOT_YET):
        facts = {"number": problem.order, "title": problem.title, "state": problem.get_progress_display()}
        yield _("问题%(number)d“%(title)s”：%(state)s") % facts


@guard(gettext_lazy("没有已销号的问题"))
def nothing_is_closed(form: FeedbackForm, situation: Situation) -> bool:
    return not form.problems.filter(settled_as=SettledAs.CLOSED).exists()


UNIT_RECEIVERS = (Role.LIAISON, Role.HEAD, Role.RECEIPT_DELEGATE)
