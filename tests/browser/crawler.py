"""What a page offers, and the walk over everything that one account is offered."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.urls import Resolver404, resolve

ACTS = {"accounts:sign-out"}  # reached by POST alone; nothing links there
QUESTIONS = 20  # of one view: filters combine without end
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


@dataclass
class Seen:
    """One page as a reader meets it."""

    links: set[str] = field(default_factory=set)
    headings: int = 0
    title: str = ""
    language: str = ""
    ways_back: int = 0  # links in the breadcrumbs or the navigation
    text: list[str] = field(default_factory=list)


class Reader(HTMLParser):
    """Fills `seen`; text of scripts, styles and of parts in another language (lang=…) is left out."""

    def __init__(self, seen: Seen) -> None:
        super().__init__(convert_charrefs=True)
        self.seen, self.path = seen, []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        inside = [name for name, _aside in self.path]
        if tag == "a" and given.get("href"):
            self.seen.links.add(str(given["href"]))
            self.seen.ways_back += "nav" in inside
        if tag == "form" and (given.get("method") or "get").lower() == "get" and given.get("action"):
            self.seen.links.add(str(given["action"]))
        if given.get("hx-get"):
            self.seen.links.add(str(given["hx-get"]))
        if tag == "h1":
            self.seen.headings += 1
        if tag == "html":
            self.seen.language = given.get("lang") or ""
        said = (given.get(name) for name in ("aria-label", "placeholder", "title", "alt"))
        aside = tag in {"script", "style", "template"} or (tag != "html" and "lang" in given) or self._is_aside
        if not aside:
            self.seen.text += filter(None, said)
        if tag not in VOID:
            self.path.append((tag, aside))

    def handle_endtag(self, tag: str) -> None:
        while self.path:
            name, _aside = self.path.pop()
            if name == tag:
                break

    def handle_data(self, data: str) -> None:
        if self.path and self.path[-1][0] == "title":
            self.seen.title += data.strip()
        if data.strip() and not self._is_aside:
            self.seen.text.append(data.strip())

    @property
    def _is_aside(self) -> bool:
        return bool(self.path and self.path[-1][1])


def read(content: str) -> Seen:
    seen = Seen()
    Reader(seen).feed(content)
    return seen


def kind_of(address: str) -> str:
    """Addresses of one kind differ in their ids or days, or in the values of their query."""
    parts = urlsplit(address)
    try:
        match = resolve(parts.path)
    except Resolver404:
        return address
    words = [str(value) for value in match.kwargs.values() if not str(value).replace("-", "").isdigit()]
    asked = sorted({name for name, _value in parse_qsl(parts.query)})
    return " ".join([match.view_name, *words, *asked])


def ours(address: str, base: str) -> str:
    """The address within the site, without fragment; empty for another host or no page at all."""
    joined = urlsplit(urljoin(base, address))
    if joined.netloc or joined.scheme not in {"", "http", "https"}:
        return address if joined.netloc else ""
    return f"{joined.path}?{joined.query}" if joined.query else joined.path


def walk(client: Any, start: str = "/", *, each: int = 1, objects: int = 1) -> Iterator[tuple[str, str, Any]]:
    """(where it was offered, address, answer) of whatever is offered, as the reader ends at it after redirects.

    At most `each` questions of a kind (an address with a query: the months of a calendar never end), QUESTIONS of one
    view, and `objects` of a kind.
    """
    waiting, known, opened, asked = deque([("", start)]), {start}, Counter[str](), Counter[str]()
    while waiting:
        source, address = waiting.popleft()
        kind = kind_of(address)
        path, question, _query = address.partition("?")
        if opened[kind] >= (each if question else objects) or (question and asked[kind_of(path)] >= QUESTIONS):
            continue
        opened[kind] += 1
        asked[kind_of(path)] += bool(question)
        answer = client.get(address, follow=True)
        yield source, address, answer
        if not answer.streaming and answer["Content-Type"].startswith("text/html"):
            ended_at = answer.redirect_chain[-1][0] if answer.redirect_chain else address
            for link in sorted(read(answer.content.decode()).links):
                found = ours(link, ended_at)
                if found and found not in known:
                    known.add(found)
                    waiting.append((address, found))
