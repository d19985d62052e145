"""Classified 密级 material is refused wherever people type: the marking is named, the text is not repeated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

MARKING = re.compile(r"(绝密|机密|秘密)\s*[★☆*]")  # GB/T 9704: 密级★保密期限


def markings(texts: Iterable[str]) -> Iterator[str]:
    """A sentence for each text that bears a marking of classification."""
    for text in texts:
        if found := MARKING.search(text):
            yield _("文字中有密级标志“%(mark)s”，请改用机要渠道办理。") % {"mark": found.group(0)}
