"""The components: what they say, that they say it to everybody, and that nothing typed becomes markup."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation

from supervision.core import navigation, parts
from supervision.core.frame import Frame
from supervision.core.lists import Page, Sorting
from supervision.core.models.calendar import DayKind
from supervision.core.navigation import Header, NavItem, PhaseMark
from supervision.core.refusals import Condition
from supervision.core.workdays import Calendar, Exceptional

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
TODAY = date(2021, 9, 15)
CALENDAR = Calendar(
    [
        Exceptional(date(2021, 9, 26), DayKind.MAKE_UP, "国庆节"),
        Exceptional(date(2021, 9, 20), DayKind.DAY_OFF, "中秋节"),
        Exceptional(date(2021, 9, 21), DayKind.DAY_OFF, "中秋节"),
        Exceptional(date(2021, 9, 18), DayKind.MAKE_UP, "中秋节"),
    ],
    official_years=[2021],
)
NASTY = "<script>alert(1)</script>\" onmouseover='x'"


def show(source, **given):
    context = {"calendar": CALENDAR, "today": TODAY, **given}
    return Template("{% load dudao %}" + source).render(Context(context))


def words(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)).strip()


@pytest.mark.parametrize(
    ("day", "chinese", "english"),
    [
        (date(2021, 9, 26), "9月26日（周日，调休上班）", "Sun 26 Sep"),
        (date(2021, 9, 20), "9月20日（周一，放假）", "Mon 20 Sep"),
        (date(2021, 9, 25), "9月25日（周六）", "Sat 25 Sep"),
        (date(2022, 1, 4), "2022年1月4日（周二）", "Tue 4 Jan 2022"),
        (datetime(2021, 9, 25, 17, 0, tzinfo=UTC), "9月26日（周日，调休上班）", "Sun 26 Sep"),
        (None, "—", "—"),
    ],
)
def test_a_day_says_its_weekday_and_whether_it_is_worked(day, chinese, english):
    assert words(show("{% day d %}", d=day)) == chinese
    with translation.override("en"):
        assert words(show("{% day d %}", d=day)).startswith(english)


def test_a_plain_day_reads_no_calendar():
    assert words(show("{% day d plain=True %}", d=date(2021, 9, 26), calendar=None)) == "9月26日"


@pytest.mark.parametrize(
    ("due_on", "told", "state"),
    [
        (date(2021, 9, 15), "今天截止", "due-today"),
        (date(2021, 9, 18), "还有3个工作日", "due-near"),
        (date(2021, 9, 26), "还有7个工作日", "due-ahead"),
        (date(2021, 9, 13), "逾期2个工作日", "due-overdue"),
        (date(2022, 1, 4), "按暂定日历", "due-ahead"),
    ],
)
def test_a_deadline_is_absolute_first_and_counted_in_working_days(due_on, told, state):
    html = show("{% due d %}", d=due_on)

    assert f"{due_on.month}月{due_on.day}日" in words(html)
    assert told in words(html)
    assert state in html


def test_over_a_holiday_nothing_is_said_to_be_zero_working_days():
    assert "已逾期" in words(show("{% due d %}", d=date(2021, 9, 19), today=date(2021, 9, 21)))
    assert "还有1天（均为休息日）" in words(show("{% due d %}", d=date(2021, 9, 21), today=date(2021, 9, 20)))


def test_a_settled_deadline_is_never_called_overdue():
    assert words(show("{% due d done=True %}", d=date(2021, 9, 13))) == "9月13日（周一）"


def test_without_a_calendar_of_the_view_the_campaigns_own_is_used(django_assert_num_queries):
    frame = SimpleNamespace(header=Header("简称", on=TODAY, calendar=CALENDAR))
    assert "今天截止" in show("{% due d %}", d=TODAY, calendar=None, today=None, frame=frame)


def test_a_light_always_has_its_word():
    html = show('{% light "red" "逾期" "单位的时限已过" %}')

    assert words(html).startswith("逾期")
    assert 'aria-hidden="true"' in html


def test_moves_have_one_primary_and_name_what_is_missing():
    blocked = parts.Move("销号", "/x", missing=parts.mends([Condition("a", "缺佐证材料", ("措施一",))], {"a": "/mend"}))
    ready = [parts.Move("退回", "/b", danger=True), parts.Move("核验", "/v", primary=True)]
    html = show("{% moves moves %}", moves=[blocked, *ready])

    assert html.count("btn-primary") == 1
    assert html.index("核验") < html.index("退回")
    assert "暂时不能“销号”" in words(html)
    assert "措施一" in html
    assert 'href="/mend"' in html
    assert 'href="/x"' not in html


class WishForm(forms.Form):
    words = forms.CharField(label="关键词", required=False)
    unit = forms.ChoiceField(label="单位", required=False, choices=[("", "全部"), ("a", "太原铁路运输法院")])
    late = forms.BooleanField(label="只看逾期", required=False)


def test_filters_become_chips_that_lead_to_the_list_without_them():
    request = RequestFactory().get("/ledger/", {"unit": "a", "late": "on", "sort": "due", "after": "x", "words": ""})
    html = show("{% filters form %}", form=WishForm(request.GET), request=request)

    assert "单位：太原铁路运输法院" in words(html)
    assert 'href="?late=on&amp;sort=due"' in html
    assert 'href="?sort=due"' in html  # clear all
    assert html.count('class="chip"') == 2
    assert '<input type="hidden" name="sort" value="due">' in html
    assert 'name="after"' not in html


def test_the_pager_keeps_filters_and_counts_honestly():
    request = RequestFactory().get("/ledger/", {"unit": "a", "after": "old"})
    html = show("{% pager page %}", page=Page(list(range(50)), "n", "p", None), request=request)

    assert "10,000+" in words(html)
    assert 'href="?unit=a&amp;after=n"' in html
    assert 'href="?unit=a&amp;before=p"' in html
    assert 'href="?unit=a"' in html
    assert "共 3 条" in words(show("{% pager page %}", page=Page([1, 2, 3], "", "", 3), request=request))


class MeasureForm(forms.Form):
    what = forms.CharField(label="措施", help_text="写清做什么")
    ways = forms.MultipleChoiceField(
        label="方式", choices=[("a", "听"), ("b", "查")], widget=forms.CheckboxSelectMultiple
    )


def test_every_error_stands_beside_its_field_and_on_top_with_a_link():
    form = MeasureForm({})
    html = show("{% form_errors form %}{% fields form %}", form=form)

    assert "有 2 处需要修改" in words(html)
    assert 'href="#id_what"' in html
    assert 'aria-describedby="id_what_helptext id_what_error"' in html
    assert 'id="id_what_error"' in html
    assert "<fieldset" in html
    assert 'id="id_ways_error"' in html
    assert html.count('class="required"') == 2
    for target in re.findall(r'href="#([^"]+)"', html):
        assert f'id="{target}"' in html


def test_an_error_of_a_formset_names_its_row():
    formset = forms.formset_factory(MeasureForm, extra=0)(
        {"m-TOTAL_FORMS": "2", "m-INITIAL_FORMS": "0", "m-0-what": "学", "m-0-ways": ["a"], "m-1-ways": ["b"]},
        prefix="m",
    )
    assert "第2行 措施：" in words(show("{% form_errors formset %}", formset=formset))


def test_a_formset_has_labelled_rows_and_one_empty_one_for_the_script():
    formset = forms.formset_factory(MeasureForm, extra=2)(prefix="m")
    html = show('{% formset formset add="再加一条" row="措施" %}', formset=formset)

    assert html.count("<fieldset") == 6  # a row and its group of boxes, three times
    assert "m-TOTAL_FORMS" in html
    assert "m-__prefix__-what" in html
    assert '<button type="button" class="btn btn-quiet" data-add-row hidden>' in html


def test_what_people_typed_never_becomes_markup():
    entry = parts.Entry(
        datetime(2021, 9, 1, tzinfo=UTC),
        NASTY,
        who=NASTY,
        post=NASTY,
        note=NASTY,
        changes=(parts.Change(NASTY, NASTY, NASTY),),
        files=(parts.FileLine(NASTY, "/f", note=NASTY),),
    )
    html = show(
        "{% page_head t number=t state=t whose=t lead=t %}{% timeline e %}{% section t %}{{ t }}{% endsection %}"
        "{% table t %}<tr><td>{{ t }}</td></tr>{% endtable %}{% fact t %}{{ t }}{% endfact %}{% crumb t t %}"
        "{% empty_state t t t t %}{% figure t t t %}{% light t t t %}{% badge t %}{% person t t t %}"
        "{% notice t t %}{{ t }}{% endnotice %}{% sheet head=t number=t title=t %}{{ t }}{% endsheet %}"
        "{% unmet m %}",
        t=NASTY,
        e=[entry],
        m=[Condition("a", NASTY, (NASTY,))],
    )
    assert "<script" not in html
    assert "onmouseover='x'" not in html


def test_the_strip_knows_where_today_stands():
    marks = [
        PhaseMark("学习教育", date(2021, 8, 1), date(2021, 8, 31)),
        PhaseMark("查纠整改", date(2021, 9, 1), date(2021, 9, 30)),
        PhaseMark("总结提升", date(2021, 9, 15), date(2021, 10, 31)),
    ]
    assert [mark.state(TODAY) for mark in marks] == ["past", "current", "current"]
    assert [(mark.day(TODAY), mark.days) for mark in marks] == [(31, 31), (15, 30), (1, 47)]


def test_the_navigation_shows_what_the_role_may_use_and_where_one_is(monkeypatch):
    user = SimpleNamespace(is_authenticated=True, is_active=True, administrator="", pk=1)
    request = RequestFactory().get(reverse("accounts:password"))
    monkeypatch.setattr(navigation, "_ITEMS", {})
    navigation.register(NavItem("b", "我的账号", "accounts:profile", 2, lambda user: True))
    navigation.register(NavItem("a", "账号管理", "accounts:account-list", 1, lambda user: bool(user.administrator)))
    navigation.register(NavItem("c", "没有页面", "nowhere:page", 3, lambda user: True))
    request.user = user

    assert [(link.key, link.is_current) for link in Frame(request).links] == [("b", True)]


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500", "503", "loading"])
def test_error_pages_need_neither_person_nor_database(name):
    request = RequestFactory().get("/")  # no user, no session, no database mark
    html = render_to_string(f"{name}.html", {}, request)

    assert html.count("<h1") == 1
    assert '<html lang="zh-Hans">' in html
    assert html == render_to_string(f"{name}.html")


def test_a_visitor_costs_no_query():
    request = RequestFactory().get("/")  # no database mark: a query would fail the test
    request.user = AnonymousUser()
    frame = Frame(request)

    assert (frame.user, frame.links, frame.header, frame.unread, frame.phases) == (None, [], None, 0, [])


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_template_holds_what_the_content_policy_refuses(path):
    source = path.read_text(encoding="utf-8")

    assert not re.search(r"\sstyle\s*=", source), "inline style"
    assert not re.search(r"<style\b", source), "style element"
    assert not re.search(r"\son[a-z]+\s*=", source), "inline handler"
    assert not re.search(r"\shx-on", source), "inline handler"
    assert not re.search(r"<script(?![^>]*\ssrc=)", source), "inline script"
    assert not re.search(r"(?:src|href)=[\"']https?://", source), "address outside"
    assert not re.search(r"\|\s*safe\b", source), "unescaped text"


@pytest.mark.parametrize(
    "path", sorted((TEMPLATES.parent / "static" / "css").glob("*.css")), ids=lambda path: path.name
)
def test_no_style_is_newer_than_chromium_90(path):
    source = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)

    for newer in (":has(", "color-mix(", "@container", "@layer", "accent-color", "text-wrap", "dvh", "oklch", "&:"):
        assert newer not in source, newer
    assert "http" not in source


# --- heads that sort, conditions that wait, what is done and where it stands ---


def test_a_head_sorts_turns_and_says_how_the_list_is_sorted():
    request = RequestFactory().get("/items/", {"status": "open", "sort": "due_on", "after": "x"})
    sorting = Sorting.asked(request, ("due_on", "number"), "number")
    html = show('{% sort_head "时限" "due_on" sorting %}', request=request, sorting=sorting)
    assert 'aria-sort="ascending"' in html
    assert 'href="?status=open&amp;sort=-due_on"' in html
    other = show('{% sort_head "编号" "number" sorting %}', request=request, sorting=sorting)
    assert "aria-sort" not in other
    assert "sort=number" in other
    assert "href" not in show('{% sort_head "状态" "status" sorting %}', request=request, sorting=sorting)


def test_rare_conditions_wait_but_never_with_an_error():
    class Filters(forms.Form):
        q = forms.CharField(required=False, label="词")
        year = forms.IntegerField(required=False, label="年份")

    html = show('{% filters form common="q" %}', form=Filters({"q": "甲"}))
    assert html.index("更多条件") > html.index('name="q"')
    assert html.index('name="year"') > html.index("更多条件")
    assert '<details class="filters-more">' in html
    assert '<details class="filters-more" open>' in show('{% filters form common="q" %}', form=Filters({"year": "x"}))


def test_a_checklist_says_what_is_open_and_where_it_is_done():
    lines = [
        parts.CheckLine("方案已报", True, url="/plan/"),
        parts.CheckLine(NASTY, False, url="/files/", action="上传"),
    ]
    html = show("{% checklist lines label='材料' %}", lines=lines)
    assert "已完成 1/2" in html
    assert "/plan/" not in html
    assert '<a href="/files/">上传</a>' in html
    assert "<script>" not in html


def test_the_steps_say_where_it_stands():
    html = show(
        "{% steps stages %}",
        stages=[parts.Step("签收", "past", TODAY), parts.Step("整改", "current"), parts.Step("核验", "future")],
    )
    assert words(html) == "签收（已完成）9月15日整改核验（未开始）"
    assert html.count('aria-current="step"') == 1
