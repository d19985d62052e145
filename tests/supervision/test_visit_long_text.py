"""Real text is long: a name of 60 characters, a problem of 2,000, 40 problems, 300 photos, on every page of a visit."""

from __future__ import annotations

from typing import Any

import pytest

from supervision.core.models import StoredFile
from supervision.models import Inspection, Problem
from supervision.services.phrases import phrases_for
from tests.supervision import visits
from tests.supervision.test_inspection_list import browser, queries, url
from tests.world import World

NAME = (
    "测试市级人民检察院派驻某某经济技术开发区暨高新技术产业园区"
    "综合业务检察室驻点工作联合指导协调专班临时党支部委员会办公室处"
)
TEXT = "查阅党组会议记录发现，学习教育研究部署次数不足，任务分工没有明确到人。" * 60


def long_visit(world: World, *, problems: int, photos: int) -> Inspection:
    unit = world.units["u1"]
    unit.name = NAME
    unit.save()
    visit = visits.in_progress(world, purpose=TEXT[:2000])
    visits.log_record(world, visit, content=TEXT)
    first = visits.find_problem(world, visit, title="长" * 255, fact=TEXT[:2000], basis=TEXT[:1000])
    columns = {field.attname: getattr(first, field.attname) for field in Problem._meta.fields if field.attname != "id"}
    Problem.objects.bulk_create(
        Problem(**columns | {"mended_on_spot": number % 2 == 0, "mend": TEXT[:500]}) for number in range(problems - 1)
    )
    given = {"uploaded_by_id": visit.created_by_id, "uploaded_at": world.at, "content_type": "image/png", "size": 9}
    given |= {f"{scope}_id": getattr(visit, f"{scope}_id") for scope in ("campaign", "body", "team", "unit")}
    StoredFile.objects.bulk_create(
        StoredFile(
            subject_kind="inspection", subject_id=visit.pk, original_name=f"现场照片{number}.png", sha256="0" * 64,
            storage_name=f"{number:02x}/{number:032x}"[-35:], **given,
        )
        for number in range(photos)
    )  # fmt: skip
    return visit


PAGES: dict[str, tuple[Any, ...]] = {  # name, further arguments
    "inspection": (),
    "inspection-move": ("submit",),
    "inspection-kit": (),
    "fact-check": (),
    "fact-check-sheet": (),
    "problem-create": (),
}


@pytest.mark.once
def test_long_text_stands_on_every_page_and_costs_no_more_queries(world: World):
    assert len(NAME) == 60
    visit = long_visit(world, problems=40, photos=300)
    client = browser(world, "a1-member")
    found = {}
    for name, args in PAGES.items():
        answer = client.get(url(name, visit.pk, *args))
        assert answer.status_code == 200, name
        assert NAME in answer.content.decode(), name
        found[name] = queries(client, url(name, visit.pk, *args))
    assert found == {
        "inspection": 14,
        "inspection-move": 14,
        "inspection-kit": 10,
        "fact-check": 9,
        "fact-check-sheet": 8,
        "problem-create": 16,
    }


@pytest.mark.once
def test_the_review_shows_forty_problems_and_three_hundred_photos(world: World):
    visit = long_visit(world, problems=40, photos=300)
    page = browser(world, "a1-member").get(url("inspection-move", visit.pk, "submit")).content.decode()
    assert page.count('<article class="whole">') == 40
    assert page.count('loading="lazy"') == 300


def test_calendar_and_list_hold_the_long_name(world: World):
    long_visit(world, problems=1, photos=0)
    for name in ("inspection-calendar", "inspection-list"):
        assert NAME in browser(world, "a1-member").get(url(name)).content.decode()


def test_phrases_read_a_bounded_number_of_problems(world: World):
    visit = long_visit(world, problems=40, photos=0)
    assert phrases_for(visit, world.user("a1-member"), world.categories["duty"]) == []
