"""Named conditions of a feedback form's moves (domain/states.md)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.deadlines import beyond_phase, can_shorten, full_day, latest_dates
from feedback.enums import SettledAs
from feedback.models import FeedbackForm, FeedbackProblem
from feedback.rules import UNIT_RECEIVERS
from supervision import rules
from supervision.core import numbers
from supervision.core.classified import markings
from supervision.core.transitions import Situation, guard
from supervision.enums import Document
from supervision.services.signing import counted_on, latest, signing_person
from supervision.vocabulary import vocabulary_of

CARRY_OVER, SHORTEN = "carry_over", "shorten"
ISSUE_ACT, RECEIPT_ACT = "form.issue", "form.receipt"
WORDS = ("severity", "category__focus", "deadline_rule", "origin")


def problems_of(form: FeedbackForm) -> list[FeedbackProblem]:
    """The form's problems in order, with their words; read once for each instance of the form."""
    rows = FeedbackProblem.objects.select_related(*WORDS)
    prefetch_related_objects([form], Prefetch("problems", queryset=rows))
    return list(form.problems.all())


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
    for problem in problems_of(form):
        texts += [problem.title, problem.fact, problem.basis, problem.requirement, problem.mend]
    yield from markings(texts)


@guard(gettext_lazy("指定的整改时限不得早于今天"))
def typed_dates_lie_ahead(form: FeedbackForm, situation: Situation) -> Iterator[str]:
    yield from _passed(form, situation)


@guard(gettext_lazy("指定的整改时限不得早于签发日期"), needs_input=True)
def typed_dates_follow_the_issue(form: FeedbackForm, situation: Situation) -> Iterator[str]:
    """Judged by the date that counts: a sheet signed on paper counts from the date on it."""
    yield from _passed(form, situation)


def _passed(form: FeedbackForm, situation: Situation) -> Iterator[str]:
    for problem in problems_of(form):
        if problem.typed_due_on and not problem.mended_on_spot and problem.typed_due_on < counted_on(situation):
            facts = {"number": problem.order, "title": problem.title, "day": full_day(problem.typed_due_on)}
            yield _("问题%(number)d“%(title)s”的指定日期%(day)s已过") % facts


@guard(gettext_lazy("需要另一人办理：签发人不能是起草报送人"), needs_input=True)
def signer_is_not_drafter(form: FeedbackForm, situation: Situation) -> bool:
    return bool(signing_person(situation).pk != form.submitted_by_id)


@guard(gettext_lazy("需要另一人办理：核稿人不能是起草报送人"))
def endorser_is_not_drafter(form: FeedbackForm, situation: Situation) -> bool:
    return bool(situation.actor.pk != form.submitted_by_id)


@guard(gettext_lazy("需要另一人办理：报送人请用“撤回修改”"))
def returner_is_not_drafter(form: FeedbackForm, situation: Situation) -> bool:
    return bool(situation.actor.pk != form.submitted_by_id)


@guard(gettext_lazy("须附签字的扫描件"), needs_input=True)
def paper_is_given(form: FeedbackForm, situation: Situation) -> bool:
    return situation.inputs.get("paper") is not None


@guard(gettext_lazy("纸面签发人须有签发权"), needs_input=True)
def paper_signer_is_entitled(form: FeedbackForm, situation: Situation) -> Iterator[str]:
    """Who stands on the paper must be whom the route names for the signing step, on the date of the paper."""
    paper = situation.inputs.get("paper")
    if paper is None:
        return
    role, signs = rules.next_step(Document.FEEDBACK_FORM, form)
    word = vocabulary_of(form.campaign_id).role_word(role)
    if not signs:
        yield _("须先由%(role)s核稿。") % {"role": word}
        return
    may = rules.ByRoute(Document.FEEDBACK_FORM, signs=True, roles=(role,), author=lambda row: row.submitted_by_id)
    if not may(form, Situation(paper.signer, situation.at, paper.signed_on)):
        yield _("%(name)s在纸面日期没有签发权，应由%(role)s签发。") % {"name": paper.signer.name, "role": word}


@guard(gettext_lazy("文号须未被使用"), needs_input=True)
def typed_number_is_free(form: FeedbackForm, situation: Situation) -> Iterator[str]:
    """The register decides once more when the number is entered; here the signer learns it with all the rest."""
    typed = numbers.normalised(str(situation.inputs.get("typed_number") or ""))
    longest = FeedbackForm._meta.get_field("number").max_length or 0
    if len(typed) > longest:
        yield _("文号不能超过%(longest)d个字。") % {"longest": longest}
    elif typed and numbers.is_taken(campaign_id=form.campaign_id, text=typed):
        yield _("文号“%(number)s”已经使用过，请核对本机关登记簿。") % {"number": typed}


@guard(gettext_lazy("时限晚于环节结束日期时须选择处理方式"), needs_input=True)
def phase_end_is_considered(form: FeedbackForm, situation: Situation) -> Iterator[str]:
    """The end of the phase warns, it never clamps: the signer chooses to shorten or to carry over 结转."""
    vocabulary, issued_on, problems = vocabulary_of(form.campaign_id), counted_on(situation), problems_of(form)
    late = beyond_phase(form, problems, latest_dates(problems, vocabulary, issued_on))
    choice = situation.inputs.get("beyond_phase")
    if not late or choice == CARRY_OVER:
        return
    facts = {"count": len(late), "phase": form.phase.name, "day": form.phase.ends_on.isoformat()}
    if choice != SHORTEN:
        yield _("%(count)d个问题的时限晚于“%(phase)s”结束日期%(day)s，请选择缩短或结转下一环节。") % facts
    elif not can_shorten(form, vocabulary, issued_on):
        yield _("“%(phase)s”于%(day)s结束，早于签收期限，不能缩短，请选择结转下一环节。") % facts


@guard(gettext_lazy("签收人姓名须填写"), needs_input=True)
def receiver_is_named(form: FeedbackForm, situation: Situation) -> bool:
    return bool(str(situation.inputs.get("name") or "").strip()) or situation.inputs.get("paper") is not None


@guard(gettext_lazy("纸面签收人须是本单位有权签收的人"), needs_input=True)
def paper_receiver_is_entitled(form: FeedbackForm, situation: Situation) -> Iterator[str]:
    """Who stands on the slip is of that unit, on the date of the slip; nobody receives what is not issued yet."""
    paper = situation.inputs.get("paper")
    if paper is None:
        return
    if not any(rules.holds(paper.signer, role, form, paper.signed_on) for role in UNIT_RECEIVERS):
        yield _("%(name)s在纸面日期不是本单位的联络员、主要负责人或受托签收人。") % {"name": paper.signer.name}
    issued = latest(form, ISSUE_ACT)
    if issued is not None and paper.signed_on < issued.signed_on:
        yield _("纸面日期不能早于签发日期%(day)s。") % {"day": issued.signed_on.isoformat()}


@guard(gettext_lazy("签收期限须已届满"))
def receipt_period_is_over(form: FeedbackForm, situation: Situation) -> bool:
    return form.receipt_due_on is not None and situation.on > form.receipt_due_on


@guard(gettext_lazy("须在签收之前"))
def is_not_received(form: FeedbackForm, situation: Situation) -> bool:
    return not form.receipts.exists()


@guard(gettext_lazy("更正须有改动，且时限不得缩短"), needs_input=True)
def correction_is_fair(form: FeedbackForm, situation: Situation) -> Iterator[str]:
    """Judged against the rows as they are now: what the corrector's page showed may be older."""
    standing = {problem.pk: problem for problem in problems_of(form)}
    changes = [(standing[each.problem.pk], each) for each in situation.inputs.get("changes") or []]
    real = [(problem, change) for problem, change in changes if change.alters(problem)]
    if not real:
        yield _("没有改动任何内容")
    for problem, change in real:
        facts = {"title": problem.title, "day": full_day(problem.due_on) if problem.due_on else ""}
        if problem.settled_as:
            yield _("“%(title)s”已经办结，不能更正") % facts
        elif change.due_on and problem.mended_on_spot and change.due_on != problem.due_on:
            yield _("“%(title)s”已当场整改，没有时限可以更正") % facts
        elif change.due_on and problem.due_on and change.due_on < problem.due_on:
            yield _("“%(title)s”的时限不得早于原定的%(day)s") % facts


@guard(gettext_lazy("涉密内容不得进入本系统"), needs_input=True)
def correction_is_not_classified(form: FeedbackForm, situation: Situation) -> Iterator[str]:
    changes = situation.inputs.get("changes") or []
    texts = [text for each in changes for text in (each.fact, each.requirement)]
    yield from markings([*texts, str(situation.inputs.get("note") or "")])


@guard(gettext_lazy("须更正最新版次"), needs_input=True)
def correction_is_of_the_newest_version(form: FeedbackForm, situation: Situation) -> Iterator[str]:
    """A page opened before somebody else's correction would undo it without anyone having seen it."""
    if situation.inputs.get("version") != form.version:
        yield _("反馈单已更正为第%(version)d版，请刷新页面后在新版上更正。") % {"version": form.version}


@guard(gettext_lazy("每个问题均已办结"))
def every_problem_is_settled(form: FeedbackForm, situation: Situation) -> Iterator[str]:
    for problem in (each for each in problems_of(form) if not each.settled_as):
        facts = {"number": problem.order, "title": problem.title, "state": problem.get_progress_display()}
        yield _("问题%(number)d“%(title)s”：%(state)s") % facts


@guard(gettext_lazy("没有已销号的问题"))
def nothing_is_closed(form: FeedbackForm, situation: Situation) -> bool:
    return all(problem.settled_as != SettledAs.CLOSED for problem in problems_of(form))
