"""The English catalogue: found texts, kept translations, complaints, compiled files."""

from __future__ import annotations

import gettext
import os

import polib
import pytest
from django.core.management import CommandError, call_command

from supervision.core import catalogues

PYTHON = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
TITLE = _("整改台账")
def f(n): return ngettext("%(n)s条", "%(n)s条们", n), pgettext("菜单", "首页"), _(TITLE)
"""
TEMPLATE = """
{% load i18n %}<h1>{% translate "整改台账" %}</h1> it's (unbalanced
{# a remark #}
    {% blocktranslate with name=person.name trimmed %}
        您好，{{ name }}。
    {% endblocktranslate %}
{% include "x.html" with title=_("工作台") %}
{% blocktranslate count n=rows|length %}{{ n }}行{% plural %}{{ n }}行们{% endblocktranslate %}
"""


@pytest.fixture
def tree(tmp_path, settings):
    (tmp_path / "accounts").mkdir()
    (tmp_path / "accounts" / "views.py").write_text(PYTHON)
    (tmp_path / "accounts" / "migrations").mkdir()
    (tmp_path / "accounts" / "migrations" / "0001.py").write_text('_("迁移里的不算")')
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE)
    settings.BASE_DIR = tmp_path
    return tmp_path


def english(tree):
    return catalogues.read(catalogues.path_of(tree, "en"))


def complete(tree):
    call_command("messages")
    catalogue = english(tree)
    for entry in catalogue:
        if entry.msgid_plural:
            entry.msgstr_plural = {0: entry.msgid, 1: entry.msgid_plural}
        else:
            entry.msgstr = f"E {entry.msgid}"
    catalogue.save()


def test_texts_of_code_and_templates_are_found_once_with_their_files(tree):
    found = catalogues.extract(tree)
    assert {key.text for key in found} == {"整改台账", "%(n)s条", "首页", "您好，%(name)s。", "工作台", "%(n)s行"}
    assert found[catalogues.Key(None, "整改台账")].files == {"accounts/views.py", "templates/page.html"}
    assert found[catalogues.Key("菜单", "首页")].plural is None
    assert found[catalogues.Key(None, "%(n)s行")].plural == "%(n)s行们"


def test_an_update_keeps_translations_and_drops_what_is_gone(tree):
    complete(tree)
    (tree / "accounts" / "views.py").write_text('_("整改台账"); _("新来的")')
    call_command("messages")
    texts = {entry.msgid: entry.msgstr for entry in english(tree)}
    assert texts["整改台账"] == "E 整改台账"
    assert texts["新来的"] == ""
    assert "首页" not in texts


def test_an_update_without_a_change_changes_no_byte(tree):
    complete(tree)
    before = catalogues.path_of(tree, "en").read_bytes()
    call_command("messages")
    assert catalogues.path_of(tree, "en").read_bytes() == before


def test_a_complete_catalogue_passes(tree, capsys):
    complete(tree)
    call_command("messages", check=True)
    assert "6 texts" in capsys.readouterr().out


def _forget(catalogue):
    catalogue.remove(catalogue.find("工作台"))


def _empty(catalogue):
    catalogue.find("工作台").msgstr = ""


def _doubt(catalogue):
    catalogue.find("工作台").flags.append("fuzzy")


def _half(catalogue):
    catalogue.find("%(n)s行").msgstr_plural = {0: "%(n)s row", 1: ""}


def _extra(catalogue):
    catalogue.append(polib.POEntry(msgid="没有人用", msgstr="unused"))


def _other_name(catalogue):
    catalogue.find("您好，%(name)s。").msgstr = "Hello %(nmae)s."


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        (_forget, "missing: '工作台' (templates/page.html)"),
        (_empty, "untranslated: '工作台'"),
        (_doubt, "fuzzy: '工作台'"),
        (_half, "untranslated: '%(n)s行'"),
        (_extra, "obsolete: '没有人用'"),
        (_other_name, "placeholders differ: '您好，%(name)s。': %(name)s, %(nmae)s"),
    ],
)
def test_each_gap_is_named(tree, fault, complaint):
    complete(tree)
    catalogue = english(tree)
    fault(catalogue)
    catalogue.save()
    with pytest.raises(CommandError) as refusal:
        call_command("messages", check=True)
    assert str(refusal.value).splitlines()[:-1] == [complaint]


def test_a_singular_may_leave_its_number_out(tree):
    complete(tree)
    catalogue = english(tree)
    catalogue.find("%(n)s行").msgstr_plural = {0: "one row", 1: "%(n)s rows"}
    catalogue.save()
    call_command("messages", check=True)


def test_compiling_writes_what_is_newer_and_only_that(tree):
    complete(tree)
    assert catalogues.compile_changed(tree) == 2
    assert catalogues.compile_changed(tree) == 0
    source = catalogues.path_of(tree, "en")
    os.utime(source, (2**31, 2**31))
    assert catalogues.compile_changed(tree) == 1
    with source.with_suffix(".mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("工作台") == "E 工作台"


def test_the_chinese_catalogue_is_valid_and_empty(tree):
    complete(tree)
    chinese = catalogues.read(catalogues.path_of(tree, "zh_Hans"))
    assert len(chinese) == 0
    assert chinese.metadata["Plural-Forms"] == "nplurals=1; plural=0;"
