"""Two who read the same version write at once on PostgreSQL: one is taken, the other is told, nothing is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from feedback.models import FeedbackForm
from rectification.models import Report
from tests.api.test_versions import a_form, a_report, change
from tests.core.test_numbers import wait_until_blocked
from tests.world import World

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    ("made", "hold"),
    [(a_report, Report.objects.locked_whole), (a_form, FeedbackForm.objects.locked)],
    ids=["report", "form"],
)
def test_the_version_is_judged_under_the_lock_under_which_it_is_changed(api, world: World, made: Any, hold: Any):
    """Both are on their way before either has written: a version judged without the lock would let both pass."""
    username, address, one, other = made(world)
    ask = api(username)
    read = ask.get(address)["ETag"]
    askers = [(api(username), {one: "甲写的"}), (api(username), {other: "乙写的"})]

    def write(asker: Any) -> Any:
        try:
            return change(asker[0], address, asker[1], read)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            hold(int(address.split("/")[1]))
            waiting = [pool.submit(write, asker) for asker in askers]
            wait_until_blocked(2)
        answers = [each.result() for each in waiting]
    assert sorted(each.status_code for each in answers) == [200, 412]
    stands = ask.get(address).json()
    assert [stands[one] == "甲写的", stands[other] == "乙写的"] == [each.status_code == 200 for each in answers]
