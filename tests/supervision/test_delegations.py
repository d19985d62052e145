"""授权委托: to a member of the leadership, for at most 30 calendar days, revocable, shown wherever it was used."""

from datetime import timedelta

import pytest

from accounts.roles import Role
from supervision.core.refusals import NotAllowed, Unmet
from supervision.services import delegations


def give(world, actor="u1-head", to="u1-deputy", start=0, days=10, **over):
    given = {
        "unit_id": world.units["u1"].pk,
        "actor": world.user(actor),
        "at": world.at,
        "delegate": world.user(to),
        "scope": "all",
        "valid_from": world.today + timedelta(start),
        "valid_until": world.today + timedelta(start + days - 1),
        **over,
    }
    return delegations.delegate(**given)


def names(refused):
    return {condition.name for condition in refused.value.conditions}


def test_the_delegate_may_sign_on_its_days_and_not_after(world):
    row = give(world)
    scope = world.user("u1-deputy").scope
    assert scope.holds(Role.REPORT_DELEGATE, row.unit_id, row.valid_until)
    assert not scope.holds(Role.REPORT_DELEGATE, row.unit_id, row.valid_until + timedelta(1))
    found = delegations.principal_of(
        world.user("u1-deputy"), row.unit_id, world.today, Role.REPORT_DELEGATE, Role.RECEIPT_DELEGATE
    )
    assert found == world.users["u1-head"]


def test_the_liaison_enters_it_only_with_the_scanned_letter(world):
    with pytest.raises(Unmet) as refused:
        give(world, actor="u1")
    assert names(refused) == {"letter"}
    assert give(world, actor="u1", letter=world.received("委托书.pdf")).letter is not None


@pytest.mark.parametrize("to", ["u1", "u1-head", "u2-deputy", "a1-lead"])
def test_never_to_the_drafter_nor_to_anyone_outside_the_leadership(world, to):
    with pytest.raises(Unmet) as refused:
        give(world, to=to)
    assert "delegate" in names(refused)


def test_every_broken_condition_is_named_at_once(world):
    with pytest.raises(Unmet) as refused:
        give(world, actor="u1", to="u1", start=-3, days=31)
    assert names(refused) == {"delegate", "valid_from", "valid_until", "letter"}


def test_thirty_days_are_the_most(world):
    assert give(world, days=30)
    with pytest.raises(Unmet):
        give(world, days=31)


def test_revoking_takes_it_away_at_once(world):
    row = give(world)
    delegations.revoke_delegation(pk=row.pk, actor=world.user("u1-head"), at=world.at)
    assert not world.user("u1-deputy").scope.holds(Role.REPORT_DELEGATE, row.unit_id)
    with pytest.raises(Unmet):
        delegations.revoke_delegation(pk=row.pk, actor=world.user("u1-head"), at=world.at)


@pytest.mark.parametrize("stranger", ["u2-head", "u1-deputy", "a1-lead", "office-lead", "secadmin"])
def test_nobody_else_grants_or_revokes(world, stranger):
    with pytest.raises(NotAllowed):
        give(world, actor=stranger)
    row = give(world)
    with pytest.raises(NotAllowed):
        delegations.revoke_delegation(pk=row.pk, actor=world.user(stranger), at=world.at)
