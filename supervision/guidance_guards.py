"""Named conditions of guidance: daily records, advice, drafts filed for reading."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from supervision.core.classified import markings
from supervision.core.transitions import Situation, guard
from supervision.enums import FiledDraftStatus, Stance, Verdict
from supervision.models.advice import Advice
from supervision.models.daily import DailyRecord
from supervision.models.filed_draft import DraftReading, FiledDraft


@guard(gettext_lazy("涉密内容不得进入本系统"), needs_input=True)
def input_is_not_classified(subject: Any, situation: Situation) -> Iterator[str]:
    """Whatever is typed for this move, whichever field it stands in."""
    yield from markings(each for each in situation.inputs.values() if isinstance(each, str))


# --- daily record -----------------------------------------------------------------------------------------------------


@guard(gettext_lazy("只能在录入当天更正；过后请用“补充更正”，原文保留"))
def is_the_day_of_entry(record: DailyRecord, situation: Situation) -> bool:
    return bool(record.campaign.day_of(record.recorded_at) == situation.on)


@guard(gettext_lazy("请写明了解到的情况"), needs_input=True)
def content_is_given(record: DailyRecord, situation: Situation) -> bool:
    return bool(str(situation.inputs.get("content") or "").strip())


@guard(gettext_lazy("请写明补充内容"), needs_input=True)
def addition_is_given(record: DailyRecord, situation: Situation) -> bool:
    return bool(str(situation.inputs.get("text") or "").strip())


@guard(gettext_lazy("请选择后续方式"), needs_input=True)
def follow_up_is_chosen(record: DailyRecord, situation: Situation) -> bool:
    return bool(situation.inputs.get("follow_up"))


@guard(gettext_lazy("请写明跟进结果"), needs_input=True)
def outcome_is_given(record: DailyRecord, situation: Situation) -> bool:
    return bool(str(situation.inputs.get("outcome") or "").strip())


# --- advice -----------------------------------------------------------------------------------------------------------


@guard(gettext_lazy("标题和建议内容须填写"))
def advice_is_complete(advice: Advice, situation: Situation) -> Iterator[str]:
    if not advice.title.strip():
        yield _("还没有标题")
    if not advice.content.strip():
        yield _("还没有建议内容")


@guard(gettext_lazy("涉密内容不得进入本系统"))
def advice_is_not_classified(advice: Advice, situation: Situation) -> Iterator[str]:
    yield from markings((advice.title, advice.content))


@guard(gettext_lazy("需要另一人办理：签发人不能是起草报送人"))
def signer_is_not_drafter(advice: Advice, situation: Situation) -> bool:
    return bool(situation.actor.pk != advice.submitted_by_id)


@guard(gettext_lazy("需要另一人办理：核稿人不能是起草报送人"))
def endorser_is_not_drafter(advice: Advice, situation: Situation) -> bool:
    return bool(situation.actor.pk != advice.submitted_by_id)


@guard(gettext_lazy("需要另一人办理：报送人请用“撤回修改”"))
def returner_is_not_drafter(advice: Advice, situation: Situation) -> bool:
    return bool(situation.actor.pk != advice.submitted_by_id)


@guard(gettext_lazy("请选择采纳情况并写明回复内容"), needs_input=True)
def answer_is_given(advice: Advice, situation: Situation) -> Iterator[str]:
    if situation.inputs.get("stance") not in Stance.values:
        yield _("还没有选择采纳情况")
    if not str(situation.inputs.get("text") or "").strip():
        yield _("还没有写回复内容")


# --- filed draft ------------------------------------------------------------------------------------------------------


@guard(gettext_lazy("有修改意见的，须写明意见或附上批注文件"), needs_input=True)
def comments_are_given(draft: FiledDraft, situation: Situation) -> bool:
    given = situation.inputs
    if given.get("verdict") not in Verdict.values:
        return False
    return given["verdict"] == Verdict.NO_COMMENT or bool(str(given.get("comments") or "").strip() or given["files"])


@guard(gettext_lazy("请附上修改后的材料"), needs_input=True)
def revision_is_given(draft: FiledDraft, situation: Situation) -> bool:
    return bool(situation.inputs.get("files"))


@guard(gettext_lazy("拟定稿日期不能早于今天"), needs_input=True)
def adoption_lies_ahead(draft: FiledDraft, situation: Situation) -> bool:
    day = situation.inputs.get("adopt_on")
    return day is not None and day >= situation.on


@guard(gettext_lazy("督导组尚未审阅：拟定稿日期到了才可直接定稿"))
def is_read_or_its_day_has_come(draft: FiledDraft, situation: Situation) -> bool:
    """A team that does not read in time holds nobody up; that it did not is kept on record."""
    return draft.status != FiledDraftStatus.TO_READ or situation.on >= draft.adopt_on


@guard(gettext_lazy("请附上定稿，或确认定稿与送审材料一致"), needs_input=True)
def final_text_is_given(draft: FiledDraft, situation: Situation) -> bool:
    return bool(situation.inputs.get("files") or situation.inputs.get("as_filed"))


@guard(gettext_lazy("督导组提过修改意见，请写明采纳情况"), needs_input=True)
def comments_are_answered(draft: FiledDraft, situation: Situation) -> bool:
    """Every matter gets an answer: what became of the comments on any version."""
    if str(situation.inputs.get("how_taken") or "").strip():
        return True
    return not DraftReading.objects.filter(version__draft=draft, verdict=Verdict.COMMENTS).exists()
