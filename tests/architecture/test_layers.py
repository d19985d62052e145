"""The layer contracts in pyproject.toml name every module: a new one cannot stand outside the walls unnoticed."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS: dict[str, dict[str, Any]] = {
    contract["id"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}
APPS = ["api", "rectification", "feedback", "accounts", "supervision"]


def children(package: str) -> set[str]:
    """Modules and packages directly below a package."""
    folder = ROOT / package
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    return modules | {path.parent.name for path in folder.glob("*/__init__.py")}


def test_every_child_of_supervision_stands_in_the_layer_between_feedback_and_accounts():
    between = CONTRACTS["apps"]["layers"][3]
    listed = {name.strip() for name in between.split(":")}
    assert listed == {f"supervision.{child}" for child in children("supervision") - {"core"}}


def test_the_apps_look_down_in_the_order_of_the_architecture():
    layers = CONTRACTS["apps"]["layers"]
    assert [*layers[:3], *layers[4:]] == ["api", "rectification", "feedback", "accounts", "supervision.core"]


@pytest.mark.parametrize("app", APPS)
def test_inside_an_app_no_module_may_be_left_out(app):
    contract = CONTRACTS[app]
    assert contract["exhaustive"] is True
    assert contract["containers"] == [app]
    assert set(contract["exhaustive_ignores"]) <= {"migrations", "config"}
