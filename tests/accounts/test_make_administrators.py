"""A new installation's first three accounts."""

from __future__ import annotations

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from accounts.models import Administrator, User

pytestmark = pytest.mark.django_db


def test_three_people_get_one_office_each_and_a_password_to_change(capsys, rf):
    call_command("make_administrators")
    printed = dict(line.split() for line in capsys.readouterr().out.splitlines()[:3])
    assert set(printed) == {"sysadmin", "secadmin", "auditor"}
    offices = dict(User.objects.values_list("username", "administrator"))
    assert offices == {
        "sysadmin": Administrator.SYSTEM,
        "secadmin": Administrator.SECURITY,
        "auditor": Administrator.AUDITOR,
    }
    for username, secret in printed.items():
        account = authenticate(rf.post("/"), username=username, password=secret)
        assert account is not None
        assert account.must_change_password


def test_a_second_time_is_refused(capsys):
    call_command("make_administrators")
    with pytest.raises(CommandError, match="administrators already"):
        call_command("make_administrators")


def test_a_taken_name_leaves_nothing_half_made():
    User.objects.create_user("auditor", "x", name="王")
    with pytest.raises(CommandError, match="is taken"):
        call_command("make_administrators")
    assert User.objects.count() == 1
