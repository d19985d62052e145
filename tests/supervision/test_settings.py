"""The office edits the campaign's vocabulary: what was issued stays as it was, and every change says so beforehand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from feedback.models import FeedbackProblem
from feedback.services import forms as form_moves
from rectification.models import RectificationItem
from supervision.core.models import DeadlineChange, Event, NumberSeries, VocabularyVersion
from supervision.core.refusals import NotAllowed, Unmet, WrongState
from supervision.enums import CampaignStatus
from supervision.forms.problems import ProblemForm
from supervision.models import Category, DeadlineRule, LightRule
from supervision.services.settings import general, routes, rows, series
from supervision.services.settings.kinds import KINDS
from supervision.vocabulary import vocabulary_of
from tests.feedback import moves as forms
from tests.rectification import item_world
from tests.supervision import visits
from tests.world import World

BACKEND = "django.contrib.auth.backends.ModelBackend"


def change(world: World, kind: str, row: Any, by: str = "office-lead", **values: Any) -> Any:
    given = {name: getattr(row, name) for name in KINDS[kind].fields_of(row)} | values
    return rows.change_row(
        campaign_id=world.campaign.pk, kind=KINDS[kind], pk=row.pk, values=given, actor=world.user(by), at=world.at
    )


def act(world: World, service: Any, kind: str, row: Any, by: str = "office-lead", **more: Any) -> Any:
    return service(
        campaign_id=world.campaign.pk, kind=KINDS[kind], pk=row.pk, actor=world.user(by), at=world.at, **more
    )


def reader(world: World, username: str) -> Client:
    client = Client()
    client.force_login(world.users[username], backend=BACKEND)
    return client


def page(world: World, name: str, *args: Any) -> str:
    return reverse(f"supervision:{name}", args=[world.campaign.pk, *args])


# --- what was issued stays --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("amount", [5, 40])
def test_an_issued_deadline_follows_the_rule_of_its_issue_whatever_the_rule_becomes(world, amount):
    issued = forms.issued(world)
    twin = forms.issued(world, unit="u2")
    latest = issued.problems.get().due_on
    change(world, "deadlines", world.rules["fixed"], amount=amount)

    assert issued.problems.get().due_on == latest
    liaison = world.user("u1")
    form_moves.acknowledge_form(pk=issued.pk, actor=liaison, at=world.at, name=liaison.name, post="联络员")
    form_moves.deem_received(pk=twin.pk, at=world.after(2))

    assert issued.problems.get().due_on == world.calendar.add(world.today, 15)  # fifteen days from the real receipt
    assert twin.problems.get().due_on == latest
    for item in RectificationItem.objects.all():
        moved = DeadlineChange.objects.filter(subject_kind=item.kind, subject_id=item.pk)
        assert [row.new_on for row in moved] == ([item.due_on] if item.due_on != latest else [])


def test_a_draft_takes_the_rule_as_it_stands_at_issue(world):
    draft = forms.submitted(world)
    change(world, "deadlines", world.rules["fixed"], amount=10)
    form_moves.issue_form(pk=draft.pk, actor=world.user("a1-lead"), at=world.at)
    assert draft.problems.get().due_on == world.calendar.add(world.today, 11)


def test_a_retired_category_leaves_its_problems_and_is_no_longer_offered(world):
    visit = visits.in_progress(world)
    old = visits.find_problem(world, visit)
    other = Category.objects.create(campaign=world.campaign, code="other", name="纪律作风")
    act(world, rows.retire_row, "categories", world.categories["duty"])

    user = world.user("a1-member")
    fresh = ProblemForm(subject=visit, user=user)
    assert list(fresh.fields["category"].queryset) == [other]
    assert old.category in ProblemForm(subject=visit, user=user, row=old).fields["category"].queryset
    assert world.categories["duty"] in vocabulary_of(world.campaign.pk).categories  # the ledger still filters by it

    act(world, rows.restore_row, "categories", world.categories["duty"])
    assert world.categories["duty"] in ProblemForm(subject=visit, user=user).fields["category"].queryset


# --- who may, and what is written -------------------------------------------------------------------------------------


@pytest.mark.parametrize("username", ["office", "a-office", "a1-lead", "u1-head", "sysadmin", "nobody"])
def test_the_lead_of_the_office_alone_changes_settings(world, username):
    with pytest.raises(NotAllowed):
        change(world, "deadlines", world.rules["fixed"], by=username, amount=20)
    assert DeadlineRule.objects.get(code="fixed").amount == 15


def test_a_finished_campaign_keeps_its_settings(world):
    world.campaign.status = CampaignStatus.FINISHED
    world.campaign.save()
    with pytest.raises(WrongState):
        change(world, "deadlines", world.rules["fixed"], amount=20)


def test_a_change_is_an_event_with_old_and_new_and_reaches_every_process(world):
    before = VocabularyVersion.current()
    change(world, "deadlines", world.rules["fixed"], amount=20)

    event = Event.objects.of("campaign", world.campaign.pk).get()
    assert (event.verb, event.audience, event.actor_name) == ("settings.changed", "office", "测试office-lead")
    assert event.payload == {"kind": "deadlines", "name": "fixed", "changes": {"amount": [15, 20]}}
    assert VocabularyVersion.current() > before
    assert vocabulary_of(world.campaign.pk).term("fixed").amount == 20
    shown = reader(world, "office").get(page(world, "settings")).content.decode()
    assert "修改设置：时限规则“fixed”" in shown
    assert "15</del>" in shown
    assert "修改设置" not in reader(world, "u1").get(page(world, "campaign")).content.decode()


def test_the_office_reads_others_are_refused_strangers_find_nothing(world):
    office, unit, nobody = (reader(world, name) for name in ("office", "u1", "nobody"))
    rule = world.rules["fixed"]
    assert office.get(page(world, "setting-rows", "deadlines")).status_code == 200
    assert office.get(page(world, "setting-row", "deadlines", rule.pk)).status_code == 403
    assert unit.get(page(world, "settings")).status_code == 403
    assert nobody.get(page(world, "settings")).status_code == 404


# --- what cannot be ---------------------------------------------------------------------------------------------------


def refusal(call: Any, *args: Any, **given: Any) -> str:
    with pytest.raises(Unmet) as refused:
        call(*args, **given)
    assert Event.objects.filter(verb__startswith="settings.").count() == 0
    return str(refused.value)


def test_rules_that_the_procedure_needs_stay(world):
    assert "不能停用" in refusal(act, world, rows.retire_row, "deadlines", world.rules["receipt"])
    act(world, rows.retire_row, "deadlines", world.rules["immediate"])
    with pytest.raises(Unmet, match="至少要保留一条"):
        act(world, rows.retire_row, "deadlines", world.rules["fixed"])


def test_of_a_step_only_its_name_and_length_are_edited(world):
    change(world, "deadlines", world.rules["verification"], amount=4, counts_from="receipt", for_problems=True)
    row = DeadlineRule.objects.get(code="verification")
    assert (row.amount, row.counts_from, row.for_problems) == (4, "issue", False)


def test_two_rows_of_one_name_are_refused(world):
    assert "换一个名称" in refusal(change, world, "severities", world.severities["key"], name="一般")


def test_the_order_of_lights_keeps_its_sense(world):
    lights = {row.condition: row for row in LightRule.objects.all()}
    assert "须排在最后" in refusal(act, world, rows.move_row, "lights", lights["on_course"], up=True)
    assert "无灯可亮" in refusal(act, world, rows.retire_row, "lights", lights["overdue"])
    assert "不再亮绿灯" in refusal(change, world, "lights", lights["closed_late"], light="green")
    assert "不小于1" in refusal(change, world, "lights", lights["near_due"], working_days=None, fraction=None)


def test_rows_move_among_their_likes_alone(world):
    act(world, rows.move_row, "severities", world.severities["key"], up=True)
    assert [row.code for row in KINDS["severities"].in_use(world.campaign.pk)] == ["key", "general"]


CLOSURE = routes.Case("closure_sheet", "team", True)


@pytest.mark.parametrize(
    ("roles", "word"),
    [
        ((), "一至三步"),
        (("deputy", "leader", "sponsor", "body_office"), "一至三步"),
        (("sponsor", "sponsor"), "不能在一条路径里出现两次"),
        (("member",), "不能参加审批"),
        (("leader",), "须由另一人审批"),
    ],
)
def test_a_route_has_one_to_three_fitting_steps_and_leaves_duties_apart(world, roles, word):
    given = {"campaign_id": world.campaign.pk, "case": CLOSURE, "roles": roles, "at": world.at}
    assert word in refusal(routes.change_route, actor=world.user("office-lead"), **given)


def test_a_step_that_nobody_could_take_is_refused(world):
    world.users["office"].is_active = False
    world.users["office"].save()
    given = {"campaign_id": world.campaign.pk, "case": CLOSURE, "roles": ("office",), "at": world.at}
    assert "没有人担任" in refusal(routes.change_route, actor=world.user("office-lead"), **given)


def test_what_waits_for_a_signature_follows_its_new_route_at_once(world):
    form = forms.submitted(world)
    case = routes.Case("feedback_form", "team", False)
    given = {"campaign_id": world.campaign.pk, "case": case, "roles": ("leader", "sponsor"), "at": world.at}
    routes.change_route(actor=world.user("office-lead"), **given)

    lead, sponsor = world.user("a1-lead"), world.user("a1-sponsor")
    with pytest.raises(NotAllowed):
        form_moves.issue_form(pk=form.pk, actor=lead, at=world.at)
    form_moves.endorse_form(pk=form.pk, actor=lead, at=world.at)
    assert form_moves.issue_form(pk=form.pk, actor=sponsor, at=world.at).number


# --- numbers ----------------------------------------------------------------------------------------------------------


def renumber(world: World, code: str, **values: Any) -> NumberSeries:
    row = NumberSeries.objects.get(campaign_id=world.campaign.pk, code=code)
    following = series.last_of(row, world.today.year) + 1
    given = {"prefix": row.prefix, "pattern": row.pattern, "next": following} | values
    return series.save_series(
        campaign_id=world.campaign.pk, pk=row.pk, values=given, actor=world.user("office-lead"), at=world.at
    )


def test_counting_may_begin_where_the_paper_register_ended_and_only_before_the_first_number(world):
    renumber(world, "feedback_form", next=8)
    assert forms.issued(world).number.endswith("8号")
    for wrong in (8, 3, 12):
        with pytest.raises(Unmet):
            renumber(world, "feedback_form", next=wrong)
    assert forms.issued(world, unit="u2").number.endswith("9号")


def test_a_new_prefix_leaves_the_numbers_given_and_never_meets_anothers(world):
    number = forms.issued(world).number
    renumber(world, "feedback_form", prefix="晋教督反")
    assert RectificationItem.objects.get().form.number == number
    assert forms.issued(world, unit="u2").number.startswith("晋教督反")
    with pytest.raises(Unmet, match="已由另一个编号系列使用"):
        renumber(world, "closure_sheet", prefix="晋教督反")
    with pytest.raises(Unmet, match="已经用过的号"):
        renumber(world, "closure_sheet", prefix="测督反")


# --- switches and words -----------------------------------------------------------------------------------------------


def test_switches_and_words_of_the_campaign(world):
    given = {"campaign_id": world.campaign.pk, "actor": world.user("office-lead"), "at": world.at}
    general.change_general(values={"paper_days_back": 3, "status": "archived"}, **given)
    general.change_words(words={"head": "党组书记", "liaison": " ", "stranger": "x"}, **given)
    world.campaign.refresh_from_db()
    assert (world.campaign.paper_days_back, world.campaign.status) == (3, CampaignStatus.RUNNING)
    assert world.campaign.role_words == {"head": "党组书记"}
    with pytest.raises(Unmet, match="两个角色"):
        general.change_words(words={"head": "联络员"}, **given)
    with pytest.raises(Unmet, match="没有改动"):
        general.change_words(words={"head": "党组书记"}, **given)


# --- the page says beforehand what is touched -------------------------------------------------------------------------


def preview(world: World, kind: str, row: Any, **values: Any) -> Any:
    given = {name: getattr(row, name) for name in KINDS[kind].fields_of(row)} | values
    data = {name: value for name, value in given.items() if value not in (None, False)}
    return reader(world, "office-lead").post(page(world, "setting-row", kind, row.pk), data)


def told(answer: Any) -> tuple[str, str]:
    assert answer.status_code == 200
    touched, untouched = answer.context["touched"], answer.context["untouched"]
    return tuple("".join(each.sentence for each in some) for some in (touched, untouched))


def test_a_rule_says_which_drafts_it_touches_and_that_issued_dates_stay(world):
    forms.draft(world, unit="u3")
    forms.issued(world)
    forms.issued(world, unit="u2")
    touched, untouched = told(preview(world, "deadlines", world.rules["fixed"], amount=20))
    assert "影响今后下发的反馈单" in touched
    assert "1件草稿或待审签的反馈单" in touched
    assert "已下发的2件反馈单时限不变" in untouched
    assert DeadlineRule.objects.get(code="fixed").amount == 15
    assert FeedbackProblem.objects.filter(term_amount=15).count() == 2


def test_a_light_says_how_many_items_it_changes_today(world):
    item_world.assigned(world)
    item_world.in_progress(world, unit="u2")
    row = LightRule.objects.get(condition="on_course")
    touched, _untouched = told(preview(world, "lights", row, light="yellow"))
    assert "今天有1件事项随即换灯（共2件）：绿灯变黄灯 1件" in touched


def test_a_step_says_whose_running_date_stays(world):
    item_world.submitted(world)
    touched, untouched = told(preview(world, "deadlines", world.rules["verification"], amount=2))
    assert "今后开始的“verification”按新的时长计时" in touched
    assert "正在这一步的1件事项，当前时限不变" in untouched


def test_nothing_is_saved_until_the_preview_is_confirmed_and_a_stale_one_is_shown_anew(world):
    rule, client = world.rules["fixed"], reader(world, "office-lead")
    url = page(world, "setting-row", "deadlines", rule.pk)
    data = {"name": "限期", "amount": 20, "unit": "working_days", "counts_from": "receipt", "for_problems": "on"}
    seen = client.post(url, data).context["seen"]
    change(world, "severities", world.severities["key"], name="很重")

    again = client.post(url, {**data, "step": "confirm", "seen": seen})
    assert again.context["is_anew"]
    assert DeadlineRule.objects.get(pk=rule.pk).amount == 15
    saved = client.post(url, {**data, "step": "confirm", "seen": again.context["seen"]})
    assert saved.status_code == 302
    assert DeadlineRule.objects.get(pk=rule.pk).amount == 20


def test_a_wrong_value_stands_beside_its_field_and_keeps_what_was_typed(world):
    answer = preview(world, "deadlines", world.rules["fixed"], amount="0", name="改过的名称")
    assert answer.status_code == 409
    assert "时长至少为1" in answer.content.decode()
    assert "改过的名称" in answer.content.decode()
    phase = world.phases["study"]
    answer = preview(world, "phases", phase, ends_on=phase.starts_on - timedelta(1))
    assert answer.context["form"].errors.get("ends_on"), answer.context["form"].errors


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_can_be_read_changed_and_told_by_its_pages(world, kind, django_assert_max_num_queries):
    client = reader(world, "office-lead")
    client.get(page(world, "setting-rows", kind))  # the vocabulary is kept from now on
    with django_assert_max_num_queries(8):
        assert client.get(page(world, "setting-rows", kind)).status_code == 200
    row = KINDS[kind].rows(world.campaign.pk)[0]
    shown = client.get(page(world, "setting-row", kind, row.pk)).context["form"]
    data = {each.name: each.value() for each in shown if each.value() not in (None, False)}
    named = next(name for name in ("name", "text", "light", "days") if name in data)
    data[named] = {"light": "blue", "days": "20"}.get(named, f"{data[named]}（新）")
    looked = client.post(page(world, "setting-row", kind, row.pk), data)
    saved = client.post(
        page(world, "setting-row", kind, row.pk), {**data, "step": "confirm", "seen": looked.context["seen"]}
    )
    assert saved.status_code == 302
    row.refresh_from_db()
    assert str(getattr(row, named)) == data[named]


def test_the_other_pages_of_the_settings_answer(world):
    client = reader(world, "office-lead")
    pages = [("settings",), ("setting-general",), ("setting-words",), ("setting-routes",), ("setting-numbers",),
             ("setting-number-new",), ("setting-route", "closure_sheet", "team", 1)]  # fmt: skip
    for name, *args in pages:
        assert client.get(page(world, name, *args)).status_code == 200, name
    assert client.get(page(world, "setting-rows", "nothing")).status_code == 404
    assert client.get(page(world, "setting-route", "closure_sheet", "central", 0)).status_code == 404
    route = client.post(page(world, "setting-route", "closure_sheet", "team", 1), {"step_1": "body_office"})
    touched, untouched = told(route)
    assert "0件事项，从现在起按新的路径办理" in touched
    assert "已经批准或销号的不受影响" in untouched
