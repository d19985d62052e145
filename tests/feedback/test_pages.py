"""Feedback forms in the browser: the whole life by forms, what pages keep from whom, what they cost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from feedback.enums import FormStatus
from feedback.models import FeedbackForm
from feedback.services import corrections, forms
from feedback.services.corrections import ProblemChange
from supervision.core.models import Event, StoredFile
from supervision.core.refusals import Unmet
from supervision.services import signing
from tests.feedback.moves import NOTE, acknowledged, draft, issued, paper_by, submitted
from tests.world import World

pytestmark = pytest.mark.once  # pages: Chromium opens them on PostgreSQL

BACKEND = "django.contrib.auth.backends.ModelBackend"


def browser(world: World, who: str, language: str = "") -> Client:
    client = Client(headers={"accept-language": language} if language else None)
    client.force_login(world.users[who], backend=BACKEND)
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"feedback:{name}", args=args)


def post(world: World, who: str, form: FeedbackForm, move: str, **given: Any) -> Any:
    answer = browser(world, who).post(url("form-move", form.pk, move), given)
    form.refresh_from_db()
    return answer


def text(answer: Any) -> str:
    return answer.content.decode()


# --- the main job -----------------------------------------------------------------------------------------------------


def typed(editor: Any, **changes: Any) -> dict[str, Any]:
    """What the editor's page would send: everything as it stands there, with the changes."""
    context, given = editor.context, {}
    for form in (context["editor"].head, *(row.form for row in context["rows"])):
        values = {form.add_prefix(name): form[name].value() for name in form.fields}
        given |= {name: value for name, value in values.items() if value not in (None, False)} | dict(form.memory)
    return {**given, **changes}


def edit(world: World, who: str, form: FeedbackForm, **changes: Any) -> Any:
    person = browser(world, who)
    return person.post(url("form-edit", form.pk), typed(person.get(url("form-edit", form.pk)), **changes))


def test_from_the_draft_to_the_receipt_by_forms(world: World):
    form = draft(world, problems=2)
    form.problems.update(requirement="")
    member = browser(world, "a1-member")
    page = member.get(url("form-edit", form.pk))
    assert text(page).count("还差：整改要求") == 2
    first, second = form.problems.values_list("pk", flat=True)
    given = typed(
        page, **{f"p{first}-requirement": "补学并建台账。", f"p{second}-requirement": "整改。", "submit": "1"}
    )
    answer = member.post(url("form-edit", form.pk), given)
    assert answer.url == url("form-move", form.pk, "submit")  # saved, and on to the move
    assert post(world, "a1-member", form, "submit").status_code == 302
    assert "预览：尚未签发" in text(browser(world, "a1-lead").get(url("form-move", form.pk, "issue")))
    assert post(world, "a1-lead", form, "issue").status_code == 302
    assert form.status == FormStatus.ISSUED
    receipt = browser(world, "u1").get(url("form-move", form.pk, "acknowledge"))
    assert [receipt.context["form"][name].value() for name in ("name", "post")] == ["测试u1", "职务"]
    assert post(world, "u1", form, "acknowledge", how="screen", name="测试u1", post="联络员").status_code == 302
    assert form.status == FormStatus.ACKNOWLEDGED
    paper = text(browser(world, "u1").get(url("form-paper", form.pk)))
    assert all(words in paper for words in (form.number, "测试u1（在线签批）", "补学并建台账。", "签收回执"))


def test_a_used_number_is_said_beside_its_field(world: World):
    first, second = submitted(world), submitted(world, unit="u2")
    assert post(world, "a1-lead", first, "issue", typed_number="测督〔2026〕7号").status_code == 302
    answer = post(world, "a1-lead", second, "issue", typed_number="测督(2026)7号")
    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == {"typed_number"}
    assert second.number == ""


def test_the_sealed_scan_lies_beside_the_paper_and_only_its_readers_have_it(world: World):
    form = submitted(world)
    assert post(world, "a1-lead", form, "issue", sealed=world.pdf("盖章件.pdf")).status_code == 302
    stored = StoredFile.objects.get(subject_kind="feedback_form", subject_id=form.pk)
    address = reverse("supervision:file", args=[stored.pk])
    assert "盖章件.pdf" in text(browser(world, "u1").get(form.get_absolute_url()))
    assert browser(world, "u1").get(address).status_code == 200
    assert browser(world, "u2").get(address).status_code == 404


def test_a_refused_issue_leaves_no_scan_behind(world: World):
    form = draft(world)
    forms.submit_form(pk=form.pk, actor=world.user("a1-lead"), at=world.at)
    answer = post(world, "a1-lead", form, "issue", sealed=world.pdf())
    assert answer.status_code == 409
    assert not StoredFile.objects.exists()


def test_the_signer_chooses_where_a_date_runs_beyond_the_phase(world: World):
    phase = world.phases["rectify"]
    phase.ends_on = world.today + timedelta(5)
    phase.save()
    form = submitted(world)
    assert post(world, "a1-lead", form, "issue").status_code == 409
    assert post(world, "a1-lead", form, "issue", beyond_phase="shorten").status_code == 302
    payload = Event.objects.get(verb="form.issued").payload
    assert (payload["beyond_phase"], payload["problems"]) == ("shorten", [1])


def test_signed_on_paper_received_on_paper(world: World):
    form = submitted(world)
    lead, head = world.users["a1-lead"], world.users["u1-head"]
    slip = {"how": "paper", "signed_on": world.today.isoformat(), "paper_post": "组长"}
    entered = post(world, "a1-member-2", form, "issue-on-paper", signer=lead.pk, paper_name=lead.name,
                   scan=world.pdf("签发.pdf"), **slip)  # fmt: skip
    assert entered.status_code == 302
    assert post(world, "u1", form, "acknowledge", how="screen", name="x").status_code == 409
    signature = signing.latest(form, "form.issue")
    confirm = reverse("supervision:signature-confirm", args=[signature.pk])
    assert browser(world, "u1").post(confirm).status_code == 302
    received = post(world, "u1", form, "acknowledge", signer=head.pk, paper_name=head.name,
                    scan=world.pdf("签收.pdf", "另一张"), **slip)  # fmt: skip
    assert received.status_code == 302
    page = text(browser(world, "a1-lead").get(form.get_absolute_url()))
    assert page.count("线下签批（扫描件）") == 2
    assert "核对扫描件" in page


def test_a_correction_by_form_names_what_holds_now(world: World):
    form = acknowledged(world)
    problem, lead = form.problems.get(), browser(world, "a1-lead")
    page = lead.get(url("form-move", form.pk, "correct"))
    given = {name: page.context["form"][name].value() for name in page.context["form"].fields}
    given |= {"note": NOTE, f"requirement_{problem.pk}": "改为按月报送。"}
    assert lead.post(url("form-move", form.pk, "correct"), given).status_code == 302
    assert lead.post(url("form-move", form.pk, "correct"), given).status_code == 409  # a page out of date
    unit = browser(world, "u1")
    newest, old = (text(unit.get(url("form-paper", form.pk) + query)) for query in ("", "?version=1"))
    assert "改为按月报送。" in newest
    assert "改为按月报送。" not in old
    assert "已更正为第2版" in old
    assert "?version=1" in text(unit.get(form.get_absolute_url()))


@pytest.mark.parametrize("version", ["0", "7", "99999999999999999999", "²", "-1", "x"])
def test_a_version_that_is_none_is_not_found(world: World, version: str):
    assert browser(world, "u1").get(url("form-paper", issued(world).pk), {"version": version}).status_code == 404


def test_the_paper_is_made_from_what_was_frozen_and_in_the_papers_own_language(world: World):
    form = submitted(world)
    lead = browser(world, "a1-lead", "en")
    lead.post(url("form-move", form.pk, "issue"))
    before = text(browser(world, "u1", "en").get(url("form-paper", form.pk)))
    world.units["u1"].name = "改名后的单位"
    world.units["u1"].save()
    form.problems.update(title="改过的题目", fact="改过的事实")
    after = text(browser(world, "u1", "en").get(url("form-paper", form.pk)))
    sheet = after[after.index('<article class="sheet') : after.index("</article>")]
    assert sheet == before[before.index('<article class="sheet') : before.index("</article>")]
    assert "个性问题" in sheet
    assert "自签收之日起15个工作日，最迟" in sheet


def test_a_withdrawn_sheet_says_that_it_holds_no_more(world: World):
    form = issued(world)
    forms.withdraw_form(pk=form.pk, actor=world.user("a1-lead"), at=world.at, note=NOTE)
    assert "不再执行" in text(browser(world, "u1").get(url("form-paper", form.pk)))


def test_what_is_missing_leads_to_its_mend(world: World):
    form = draft(world)
    form.problems.update(requirement="")
    page = text(browser(world, "a1-member").get(form.get_absolute_url()))
    assert "缺少：整改要求" in page
    assert url("form-edit", form.pk) in page


# --- the provincial office --------------------------------------------------------------------------------------------


def test_the_office_drafts_and_others_are_told_whose_it_is(world: World):
    given = {"unit": world.units["u3"].pk, "phase": world.phases["rectify"].pk, "source": "central", "title": "交办"}
    answer = browser(world, "office").post(url("form-new"), given)
    form = FeedbackForm.objects.get()
    assert (answer.status_code, answer.url) == (302, url("form-edit", form.pk) + "#new")  # as its button promises
    refused = browser(world, "office").get(url("form-move", form.pk, "issue"))
    assert refused.status_code in (403, 409)
    assert f'href="{form.get_absolute_url()}"' in text(refused)
    assert (form.team, form.source) == (world.teams["a2"], "central")
    for who in ("a1-lead", "a-office", "u1"):
        assert browser(world, who).get(url("form-new")).status_code == 403
    assert browser(world, "a2-member").get(url("form-edit", form.pk)).status_code == 403
    assert url("form-new") not in text(browser(world, "a1-lead").get(url("forms")))


def test_a_unit_without_a_team_is_not_offered(world: World):
    unit = world.units["u4"]
    unit.team = None
    unit.save()
    page = browser(world, "office").get(url("form-new"))
    assert unit not in page.context["form"].fields["unit"].queryset


# --- what a unit never learns -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", [draft, submitted])
@pytest.mark.parametrize("who", ["u1", "u1-head", "u1-deputy"])
def test_a_unit_learns_nothing_of_a_form_before_it_is_issued(world: World, stage: Any, who: str):
    form = stage(world, title="尚未下发的标题")
    unit = browser(world, who)
    for name, args in (
        ("form", ()), ("form-paper", ()), ("form-edit", ()), ("form-move", ("acknowledge",)), ("form-move", ("issue",)),
        ("problem-remove", (form.problems.get().pk,)),
    ):  # fmt: skip
        assert unit.get(url(name, form.pk, *args)).status_code == 404
    for page in (url("forms"), url("forms") + "?q=尚未下发", reverse("supervision:workbench")):
        assert "尚未下发的标题" not in text(unit.get(page))
    assert ">草稿<" not in text(unit.get(url("forms")))


def test_a_draft_given_up_stays_unknown_to_the_unit(world: World):
    form = submitted(world)
    forms.void_draft(pk=form.pk, actor=world.user("a1-member"), at=world.at, note=NOTE)
    assert browser(world, "u1").get(form.get_absolute_url()).status_code == 404
    assert browser(world, "a1-member").get(form.get_absolute_url()).status_code == 200


def test_the_unit_reads_the_issue_and_not_what_came_before(world: World):
    form = draft(world)
    member, lead = world.user("a1-member"), world.user("a1-lead")
    forms.submit_form(pk=form.pk, actor=member, at=world.at)
    forms.return_form(pk=form.pk, actor=lead, at=world.at, note="内部意见：事实不清，请补充后再报。")
    forms.submit_form(pk=form.pk, actor=member, at=world.at)
    forms.issue_form(pk=form.pk, actor=lead, at=world.at)
    seen, inside = (text(browser(world, who).get(form.get_absolute_url())) for who in ("u1", "a1-member"))
    assert "签发" in seen
    assert "内部意见" not in seen
    assert member.name not in seen
    assert "内部意见" in inside


def test_the_list_shows_what_is_the_readers_own(world: World):
    for unit in ("u1", "u1s", "u2", "u3", "u4"):
        issued(world, unit=unit, title=f"致{unit}。")
    seen = {
        "u1": {"u1", "u1s"}, "u1s": {"u1s"}, "u2": {"u2"}, "a1-member": {"u1", "u1s", "u2"}, "a2-lead": {"u3"},
        "a-office": {"u1", "u1s", "u2", "u3"}, "office": {"u1", "u1s", "u2", "u3", "u4"}, "nobody": set(),
    }  # fmt: skip
    for who, units in seen.items():
        page = text(browser(world, who).get(url("forms")))
        assert {unit for unit in seen | dict.fromkeys(("u3", "u4")) if f"致{unit}。" in page} == units, who


def test_filters_and_search_live_in_the_url(world: World):
    first, second = issued(world, title="甲甲"), submitted(world, unit="u2", title="乙乙")
    issued(world, unit="u3", title="丙丙")
    office = browser(world, "office")
    for query, found in {
        f"?q={first.number}": "甲甲", "?q=单位U2": "乙乙", "?status=pending_signoff": "乙乙",
        f"?unit={second.unit_id}": "乙乙", f"?team={world.teams['a2'].pk}": "丙丙",
    }.items():  # fmt: skip
        page = text(office.get(url("forms") + query))
        assert [title for title in ("甲甲", "乙乙", "丙丙") if title in page] == [found], query
    assert "甲甲" not in text(office.get(url("forms") + f"?phase={world.phases['study'].pk}"))
    assert "甲甲" not in text(office.get(url("forms") + "?source=central"))
    assert "甲甲" not in text(office.get(url("forms") + "?status=nonsense"))


# --- costs ------------------------------------------------------------------------------------------------------------


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    noise = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return len([each for each in captured.captured_queries if not each["sql"].startswith(noise)])


def many(world: World, count: int) -> None:
    rows = [
        FeedbackForm(phase=world.phases["rectify"], title=f"第{n}份", number=f"多〔2026〕{n}号", status="issued",
                     created_at=world.at + timedelta(seconds=n), receipt_due_on=world.today,
                     campaign=world.campaign, body=world.bodies["a"], team=world.teams["a1"], unit=world.units["u1"])
        for n in range(count)
    ]  # fmt: skip
    FeedbackForm.objects.bulk_create(rows)


@pytest.mark.parametrize("count", [3, 300])
@pytest.mark.parametrize("who", ["office", "a1-lead", "a1-sponsor", "u1"])
def test_the_list_costs_the_same_with_3_and_with_300(world: World, who: str, count: int):
    many(world, count)
    assert queries(browser(world, who), url("forms")) == 8


@pytest.mark.parametrize("who", ["office", "a1-lead", "u1"])
def test_the_page_of_a_form_stays_within_12(world: World, who: str):
    form = acknowledged(world, problems=5)
    problem = form.problems.first()
    corrections.correct_form(
        pk=form.pk, actor=world.user("a1-lead"), at=world.at, note=NOTE, version=1,
        changes=[ProblemChange(problem, requirement="按月报送。")],
    )  # fmt: skip
    assert queries(browser(world, who), form.get_absolute_url()) <= 12


def test_signing_and_receiving_pages_stay_within_12(world: World):
    form = submitted(world, problems=5)
    assert queries(browser(world, "a1-lead"), url("form-move", form.pk, "issue")) <= 12
    assert queries(browser(world, "a1-member"), url("form-move", form.pk, "issue-on-paper")) <= 13
    forms.issue_form(pk=form.pk, actor=world.user("a1-lead"), at=world.at)
    assert queries(browser(world, "u1"), url("form-move", form.pk, "acknowledge")) <= 12
    assert queries(browser(world, "u1"), url("form-paper", form.pk)) <= 12


def test_issuing_on_screen_is_refused_once_the_paper_was_entered(world: World):
    form = submitted(world)
    paper = paper_by(world, "a1-lead")
    forms.issue_form_on_paper(pk=form.pk, actor=world.user("a1-member-2"), at=world.at, paper=paper)
    assert post(world, "a1-lead", form, "issue").status_code == 409
    with pytest.raises(Unmet):
        forms.acknowledge_form(pk=form.pk, actor=world.user("u1"), at=world.at, name="签收人")
