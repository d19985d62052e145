"""A YAML file as plain data that remembers its lines, so that every error can name the place."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from supervision.scenarios.refusal import Fault, ScenarioRefused

Place = tuple[str | int, ...]  # the way from the top to a value: ("bodies", 0, "teams", 1, "name")


@dataclass
class Source:
    """The data of a file and where each value stands (file name and line, counted from 1)."""

    name: str
    data: dict[str, Any]
    places: dict[Place, tuple[str, int]] = field(default_factory=dict)

    def fault(self, place: Place, reason: str) -> Fault:
        """An error at `place`; what is missing has no line of its own and is shown at what should hold it."""
        known = place
        while known and known not in self.places:
            known = known[:-1]
        file, line = self.places.get(known, (self.name, 1))
        return Fault(file, line, _spelled(place), reason)

    def fill_from(self, other: Source) -> None:
        """Take the sections that this file does not have from `other`, whole, with their lines."""
        for key in other.data.keys() - self.data.keys():
            self.data[key] = other.data[key]
            self.places.update({place: at for place, at in other.places.items() if place[:1] == (key,)})


def read(path: Path) -> Source:
    """Read one file. Raises ScenarioRefused: unreadable, not YAML, a key twice, an alias, an impossible value."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        reason = _("文件不存在、不可读或不是 UTF-8 编码。")
        raise ScenarioRefused([Fault(path.name, 1, "", reason)]) from None
    return parse(text, path.name)


def parse(text: str, name: str) -> Source:
    """Read `text`; `name` is what errors call the file."""
    try:
        _refuse_aliases(text, name)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        reason = _("不是有效的 YAML（%(problem)s），请检查缩进、冒号和引号。") % {
            "problem": error.problem or error.context
        }
        raise ScenarioRefused([Fault(name, line, "", reason)]) from None
    except yaml.YAMLError as error:  # a control character: no mark
        reason = _("不是有效的 YAML（%(problem)s），请检查缩进、冒号和引号。") % {"problem": error}
        raise ScenarioRefused([Fault(name, 1, "", reason)]) from None
    if not isinstance(node, yaml.MappingNode):
        raise ScenarioRefused([Fault(name, 1, "", _("文件应由“键: 值”组成，最上层是 campaign、phases 等部分。"))])
    reader = _Reader(Source(name, {}))
    reader.source.data = reader.value(node, ())
    if reader.faults:
        raise ScenarioRefused(reader.faults)
    return reader.source


def _refuse_aliases(text: str, name: str) -> None:
    """No anchors: a few lines of them can stand for gigabytes, and a reader cannot see what a line says."""
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.AliasToken | yaml.AnchorToken):
            reason = _("不支持 YAML 的锚点（&）和引用（*），请把内容写全；以这两个符号开头的文字请加引号。")
            raise ScenarioRefused([Fault(name, token.start_mark.line + 1, "", reason)])


class _Reader:
    """Turns nodes into plain values and notes their lines."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.faults: list[Fault] = []
        self.scalars = yaml.constructor.SafeConstructor()

    def value(self, node: yaml.Node, place: Place) -> Any:
        self.source.places.setdefault(place, (self.source.name, node.start_mark.line + 1))
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(each, (*place, index)) for index, each in enumerate(node.value)]
        return self.scalar(node, place)

    def mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key: Hashable = key_node.value
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag == "tag:yaml.org,2002:merge":
                self.faults.append(Fault(self.source.name, line, _spelled(place), _("键只能是普通文字。")))
                continue
            if key in found:
                reason = _("“%(key)s”写了两次，请只保留一处。") % {"key": key}
                self.faults.append(Fault(self.source.name, line, _spelled(place), reason))
                continue
            self.source.places[(*place, str(key))] = (self.source.name, line)
            found[str(key)] = self.value(value_node, (*place, str(key)))
        return found

    def scalar(self, node: yaml.Node, place: Place) -> Any:
        try:
            return self.scalars.construct_object(node)
        except (ValueError, yaml.YAMLError):
            reason = _("“%(value)s”无法识别；日期写作 2021-09-11 且须存在，其他文字请加引号。")
            self.faults.append(self.source.fault(place, reason % {"value": node.value}))
            return None


def _spelled(place: Place) -> str:
    """`bodies[1].teams[2].name`, counted from 1 as people do."""
    text = ""
    for step in place:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return text
