"""Must show 6 of time and sight: database, broker or disk fail under a running server, which says so and comes back.

Real servers, stopped and started; the web server's processes are the same before and after.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import redis

from tests.core.processes import wait_until
from tests.long.outages import PDF, Person, Province

pytestmark = [pytest.mark.slow, pytest.mark.postgresql]

API = "/api/v1/me/"
LARGE = PDF + b"\n%" + b"0" * 3_000_000  # Django keeps it in the temporary folder while it comes in
ITEM = """
from rectification.models import RectificationItem as I
item = I.objects.filter(status="in_progress", answers=None).select_related("unit").first()
print(item.pk, item.unit.code, item.unit.team.code)
"""
PIECES = "from rectification.models import Evidence; print(Evidence.objects.filter(item={}).count())"
PRESSED = (
    "from supervision.core.models import Event; print(Event.objects.filter(verb='item.pressed', subject_id={}).count())"
)


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    found = Province(tmp_path_factory.mktemp("province"))
    try:
        found.start()
        yield found
    finally:
        found.stop()


@pytest.fixture(scope="module")
def item(province: Province) -> tuple[str, str, str]:
    """An item in progress that nobody reports on: its id, its unit, its team."""
    pk, unit, team = province.ask(ITEM).split()
    return pk, unit, team


def test_the_database_stops_and_starts(province: Province):
    chinese, english = Person(province.port).sign_in("office"), Person(province.port, "en").sign_in("office")
    assert chinese.get("/").status == english.get("/").status == chinese.get(API).status == 200
    worker = province.web.pid
    province.fail("database")
    for person, words in ((chinese, "系统暂时不能使用"), (english, "The system is not available for now")):
        answer = person.get("/")
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        assert words in answer.text
    problem = chinese.get(API)
    assert (problem.status, problem.headers["Content-Type"]) == (503, "application/problem+json")
    assert json.loads(problem.text)["type"] == "urn:dudao:problem:unavailable"
    balancer = Person(province.port)  # without a session, as what watches a server asks
    assert (balancer.get("/health/live").status, balancer.get("/health/ready").status) == (200, 503)

    province.return_("database")
    wait_until(lambda: chinese.get("/").status == 200)
    wait_until(lambda: english.get("/").status == 200 and balancer.get("/health/ready").status == 200)
    assert chinese.get(API).status == 200
    assert (province.web.pid, province.web.poll()) == (worker, None)


def test_without_the_broker_pages_and_moves_work(province: Province, item: tuple[str, str, str]):
    pk, _unit, team = item
    office, leader = Person(province.port).sign_in("office"), Person(province.port).sign_in(f"{team}-lead")
    province.fail("broker")
    assert office.get("/").status == office.get(API).status == 200
    assert json.loads(office.get("/health/ready").text)["broker"] == "silent"
    before = int(province.ask(PRESSED.format(pk)))
    assert leader.post(f"/items/{pk}/press/", {}).status == 200  # the item's page, after the redirect
    assert int(province.ask(PRESSED.format(pk))) == before + 1
    province.return_("broker")
    wait_until(lambda: json.loads(office.get("/health/ready").text)["broker"] == "answers")
    assert redis.Redis.from_url(province.running["broker"].url).ping()


@pytest.mark.parametrize(
    ("content", "status", "english_words"),
    [(PDF, 400, "short of space"), (LARGE, 507, "no space left")],
    ids=["small", "large"],
)
def test_a_full_disk_refuses_a_file_readably_and_takes_it_when_there_is_room(
    province: Province, item: tuple[str, str, str], content: bytes, status: int, english_words: str
):
    """A small file is refused beside its field; of a large one not even the request can be kept."""
    pk, unit, _team = item
    page = f"/items/{pk}/add-evidence/"
    chinese, english = Person(province.port).sign_in(unit), Person(province.port, "en").sign_in(unit)
    before = int(province.ask(PIECES.format(pk)))
    filling = province.fill_disk()
    for person, words in ((chinese, "存储空间不足"), (english, english_words)):
        assert person.get(page).status == 200
        answer = person.post(page, {"description": "会议记录"}, ("材料.pdf", content))
        assert answer.status == status
        assert words in answer.text
    assert int(province.ask(PIECES.format(pk))) == before
    assert [each.name for each in province.disk.rglob("*.part")] == []
    filling.unlink()
    if content is PDF:
        answer = chinese.post(page, {"description": "会议记录"}, ("材料.pdf", content))
        assert answer.status == 200, answer.text
        assert int(province.ask(PIECES.format(pk))) == before + 1
