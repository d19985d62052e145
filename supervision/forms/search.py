"""The box of the search."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from supervision.core.words import MOST_LETTERS, MOST_WORDS, are_enough, are_too_many, words_of


class SearchForm(forms.Form):
    """Words with spaces between them; each must be found. `words` are empty where nothing was asked."""

    q = forms.CharField(
        label=_("搜索内容"), required=False, max_length=MOST_LETTERS,
        widget=forms.TextInput(attrs={"type": "search", "data-slash": True}),
    )  # fmt: skip

    def clean_q(self) -> str:
        typed: str = self.cleaned_data["q"]
        if are_too_many(typed):
            raise forms.ValidationError(_("最多搜索%(most)d个词，请删去几个。"), params={"most": MOST_WORDS})
        if typed and not are_enough(words_of(typed)):
            raise forms.ValidationError(_("请输入两个字以上，例如“台账”或编号的一部分。"))
        return typed

    @property
    def words(self) -> tuple[str, ...]:
        return words_of(self.cleaned_data["q"]) if self.is_valid() else ()
