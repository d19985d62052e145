"""The input of a signature: on screen, or a sheet signed on paper with its scan."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from supervision.core.web import MoveForm, UploadField, date_input
from supervision.services.signing import PaperAct

SCREEN, PAPER = "screen", "paper"
HOW = {SCREEN: _("在线办理"), PAPER: _("线下签批（上传扫描件）")}


class PaperSignForm(MoveForm):
    """Subclasses say who may stand on the paper (`signers`). `inputs()` gives `paper`: a PaperAct or None."""

    SLIP: ClassVar[tuple[str, ...]] = ("how", "signer", "paper_name", "paper_post", "signed_on", "scan")
    ON_PAPER: ClassVar[tuple[str, ...]] = ("signer", "paper_name", "signed_on", "scan")  # what every sheet bears

    how = forms.ChoiceField(
        label=_("签批方式"),
        choices=list(HOW.items()),
        initial=SCREEN,
        widget=forms.RadioSelect,
    )
    signer = forms.ModelChoiceField(label=_("纸面签批人"), queryset=User.objects.none(), required=False)
    paper_name = forms.CharField(label=_("纸面姓名"), max_length=64, required=False)
    paper_post = forms.CharField(label=_("纸面职务"), max_length=128, required=False)
    signed_on = forms.DateField(label=_("纸面日期"), required=False, widget=date_input())
    scan = UploadField(label=_("扫描件"), required=False, help_text=_("PDF或照片，须看清姓名、日期和印章。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        signer = self.fields["signer"]
        assert isinstance(signer, forms.ModelChoiceField)
        signer.queryset = self.signers()

    def slip(self) -> list[Any]:
        """The fields of a sheet that was signed on paper; pages fold them away until they are wanted."""
        return [self[name] for name in self.SLIP]

    def signers(self) -> Any:
        """The people who may have signed on paper; none unless a subclass says."""
        return User.objects.none()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("how") == PAPER:
            for name in self.ON_PAPER:
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("线下签批须填写此项。"))
        elif "how" not in self.errors and any(cleaned.get(name) for name in self.ON_PAPER):
            self.add_error("how", _("已填写纸面内容：请选择“线下签批（上传扫描件）”，或清空纸面各项。"))
        return cleaned

    def inputs(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        paper = None
        if given.pop("how") == PAPER:
            paper = PaperAct(
                signer=given["signer"],
                name=given["paper_name"],
                post=given["paper_post"],
                signed_on=given["signed_on"],
                scan=given["scan"],
            )
        for name in ("signer", "paper_name", "paper_post", "signed_on", "scan"):
            given.pop(name)
        return {**given, "paper": paper}
