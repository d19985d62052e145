"""docs/permissions.md and the code say the same."""

import re
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Permission

from accounts.roles import OBJECT_OF, Role, codename

PAGE = Path(settings.BASE_DIR) / "docs" / "permissions.md"
ROW = re.compile(r"^\| `(\w+)` \| [^|]+ \| (\w+) \| `(\w+)` \|", re.MULTILINE)


def test_the_documented_table_is_the_table_of_the_code():
    documented = {(role, on, code) for role, on, code in ROW.findall(PAGE.read_text(encoding="utf-8"))}
    assert documented == {(role, on, codename(role)) for role, on in OBJECT_OF.items()}
    assert set(OBJECT_OF) == set(Role)


def test_every_role_has_its_permission_on_its_object_and_no_other(db):
    found = set(
        Permission.objects.filter(codename__startswith="act_as_").values_list("content_type__model", "codename")
    )
    assert found == {(on, codename(role)) for role, on in OBJECT_OF.items()}


def test_nothing_but_scopes_and_grants_touches_guardian():
    root = Path(settings.BASE_DIR)
    forbidden = re.compile(r"\b(has_perm|get_objects_for_user|assign_perm|remove_perm|get_perms)\b")
    allowed = {root / "accounts/scopes.py", root / "accounts/grants.py"}
    ours = [
        path
        for app in ("accounts", "supervision", "feedback", "rectification", "api")
        for path in (root / app).rglob("*.py")
    ]
    assert [
        str(path) for path in ours if path not in allowed and forbidden.search(path.read_text(encoding="utf-8"))
    ] == []
