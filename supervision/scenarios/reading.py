"""From a file to a checked Scenario, or to every fault in it with its line."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext as _
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from supervision.scenarios import references, source
from supervision.scenarios.refusal import ScenarioRefused
from supervision.scenarios.schema import Scenario
from supervision.scenarios.source import Place, Source

FOLDER = Path(__file__).parent
DEFAULTS = FOLDER / "defaults.yaml"


def scenario_path(name: str) -> Path:
    """`shanxi_2021` is a file of this folder; anything else is a path."""
    own = FOLDER / f"{name}.yaml"
    return own if own.is_file() else Path(name)


def read_scenario(path: Path) -> Scenario:
    """Read and check a file; sections it lacks come from defaults.yaml. Raises ScenarioRefused with every fault."""
    return check(source.read(path))


def check(found: Source) -> Scenario:
    found.fill_from(source.read(DEFAULTS))
    try:
        scenario = Scenario.model_validate(_as_tuples(found.data))
    except ValidationError as error:
        raise ScenarioRefused([found.fault(_place(each), _reason(each)) for each in _details(error)]) from None
    broken = [found.fault(place, reason) for place, reason in references.findings(scenario)]
    if broken:
        raise ScenarioRefused(broken)
    return scenario


def _as_tuples(value: object) -> object:
    """YAML's lists as the tuples that the frozen schema holds; what is `reported` stays as it is."""
    if isinstance(value, list):
        return tuple(_as_tuples(each) for each in value)
    if isinstance(value, dict):
        return {key: each if key == "reported" else _as_tuples(each) for key, each in value.items()}
    return value


def _details(error: ValidationError) -> list[ErrorDetails]:
    """Each error once: a list whose rows are refused is not too short as well."""
    details = error.errors(include_url=False)
    deeper = {detail["loc"][:depth] for detail in details for depth in range(len(detail["loc"]))}
    return [each for each in details if each["type"] != "too_short" or each["loc"] not in deeper]


def _place(detail: ErrorDetails) -> Place:
    """Pydantic marks an error of a key with a step of its own."""
    return tuple(step for step in detail["loc"] if step != "[key]")


def _reason(detail: ErrorDetails) -> str:
    """The error in the words of whoever writes the file. Errors of our own carry their sentence."""
    context = detail.get("ctx", {})
    if "sentence" in context:
        return str(context["sentence"])
    words = _sentences().get(detail["type"])
    if words is None:
        return _("内容不符合要求（%(message)s）。") % {"message": detail["msg"]}
    return words % {**context, "value": detail["input"]}


def _sentences() -> dict[str, str]:
    return {
        "missing": _("缺少这一项。"),
        "extra_forbidden": _("没有这一项，请检查拼写或删去。"),
        "string_type": _("应为文字；数字、日期、yes/no 这样的文字请加引号。"),
        "string_too_short": _("不能为空。"),
        "string_too_long": _("不能超过 %(max_length)s 个字。"),
        "string_pattern_mismatch": _("“%(value)s”不能作代码：只用小写字母、数字、- 和 _，以字母或数字开头。"),
        "int_type": _("应为整数。"),
        "greater_than_equal": _("不能小于 %(ge)s。"),
        "less_than_equal": _("不能大于 %(le)s。"),
        "bool_type": _("应为 true 或 false。"),
        "date_type": _("应为日期，写作 2021-09-11，不加引号。"),
        "literal_error": _("可以写：%(expected)s。"),
        "tuple_type": _("应为列表，每行以“- ”开头。"),
        "too_short": _("至少要有 %(min_length)s 项。"),
        "too_long": _("最多 %(max_length)s 项。"),
        "dict_type": _("应为若干“键: 值”。"),
        "model_type": _("应为若干“键: 值”。"),
    }
