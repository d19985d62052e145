"""Frozen papers: one content, one text, one sum; and nothing that could be written in two ways."""

import hashlib
import json
import math
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from supervision.core.models import Paper
from supervision.core.models.calendar import DayKind
from supervision.core.papers import UnfitForPaper, canonical, freeze, is_intact

AT = datetime(2021, 9, 17, 2, 0, tzinfo=UTC)
FORM = SimpleNamespace(kind="feedback_form", pk=7, campaign_id=1, body_id=1, team_id=1, unit_id=1, label="反馈单")
BEIJING = timezone(timedelta(hours=8))


def frozen(content, **changes) -> Paper:
    given = {"kind": "feedback_form", "version": 1, "template_version": "2021-1", "at": AT}
    return freeze(subject=FORM, content=content, **{**given, **changes})


# --- one content, one text -------------------------------------------------------------------------------------------


def test_the_canonical_text_is_sorted_tight_and_readable():
    content = {"b": [1, True, None], "a": {"问题": "材料不全", "ä": ""}}
    assert canonical(content) == '{"a":{"ä":"","问题":"材料不全"},"b":[1,true,null]}'


def test_the_order_in_which_it_was_built_makes_no_difference():
    assert canonical({"a": 1, "b": {"x": 1, "y": 2}}) == canonical({"b": {"y": 2, "x": 1}, "a": 1})


def test_dates_are_iso_and_moments_are_utc_whatever_zone_they_came_in():
    here, there = datetime(2021, 9, 17, 10, 0, tzinfo=BEIJING), datetime(2021, 9, 17, 2, 0, tzinfo=UTC)
    assert canonical({"on": date(2021, 9, 17), "at": here}) == '{"at":"2021-09-17T02:00:00Z","on":"2021-09-17"}'
    assert canonical({"at": here}) == canonical({"at": there})


def test_choices_safe_strings_and_tuples_become_what_they_show():
    content = {"kind": DayKind.DAY_OFF, "text": mark_safe("“引号”"), "pair": (1, 2)}
    assert canonical(content) == '{"kind":"day_off","pair":[1,2],"text":"“引号”"}'


def test_a_name_in_a_compatibility_ideograph_keeps_its_character():
    rare, common = "\ufa19", "\u795e"  # NFC would turn the first into the second
    assert rare in canonical({"signer": rare})
    assert canonical({"signer": rare}) != canonical({"signer": common})


json_texts = st.text(st.characters(exclude_categories=["Cs"]))
contents = st.dictionaries(
    json_texts,
    st.recursive(
        st.none() | st.booleans() | st.integers() | json_texts,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(json_texts, inner, max_size=4),
        max_leaves=12,
    ),
    max_size=6,
)


@given(contents)
def test_reading_back_and_writing_again_gives_the_same_text(content):
    text = canonical(content)
    assert json.loads(text) == content
    assert canonical(json.loads(text)) == text


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        math.nan,
        math.inf,
        Decimal("1.50"),
        {1, 2},
        b"bytes",
        timedelta(1),
        datetime(2021, 9, 17, 10, 0),
        gettext_lazy("问题"),
        object(),
        "half a character \ud800",
        {1: "a key that is no text"},
        {"\udfff": "half a key"},
    ],
    ids=lambda value: type(value).__name__,
)
def test_whatever_has_no_single_spelling_is_refused_and_its_place_is_named(value):
    with pytest.raises(UnfitForPaper, match=r"content\.problems\[1\]"):
        canonical({"problems": ["fine", value]})


# --- freezing --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_frozen_paper_reads_back_as_it_was_and_is_intact():
    paper = frozen({"no": "〔2021〕1号", "problems": [{"fact": "台账不全"}], "on": date(2021, 9, 17)})
    paper = Paper.objects.get(pk=paper.pk)
    assert paper.data == {"no": "〔2021〕1号", "problems": [{"fact": "台账不全"}], "on": "2021-09-17"}
    assert paper.sha256 == hashlib.sha256(paper.content.encode()).hexdigest()
    assert (paper.subject_kind, paper.subject_id, paper.template_version) == ("feedback_form", 7, "2021-1")
    assert is_intact(paper)


@pytest.mark.django_db
def test_even_control_signs_survive_the_database():
    assert Paper.objects.get(pk=frozen({"text": "a\x00b\u2028c\r\n"}).pk).data == {"text": "a\x00b\u2028c\r\n"}


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("1号", "2号"),
        lambda text: text + " ",
        lambda text: text.replace('"no"', '"nO"'),
        lambda text: text + "\ud800",
    ],
)
def test_the_slightest_change_is_seen(change):
    content = canonical({"no": "〔2021〕1号"})
    paper = Paper(content=content, sha256=hashlib.sha256(content.encode()).hexdigest())
    assert is_intact(paper)
    paper.content = change(content)
    assert not is_intact(paper)


@pytest.mark.django_db
def test_a_version_is_frozen_once_and_a_correction_is_a_new_version():
    frozen({"no": 1})
    with pytest.raises(IntegrityError), transaction.atomic():
        frozen({"no": 2})
    assert frozen({"no": 2}, version=2).version == 2
    assert frozen({"no": 2}, kind="closure_sheet").version == 1


@pytest.mark.django_db
def test_what_cannot_be_written_leaves_no_row():
    with pytest.raises(UnfitForPaper):
        frozen({"rate": 0.5})
    assert not Paper.objects.exists()
