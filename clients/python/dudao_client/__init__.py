"""A small client of Dudao's API. Standard library alone.

    office = Dudao("https://dudao.example.cn", token)
    for item in office.list("rectification-items", status="pending_close"):
        office.move("rectification-items", item["id"], "close", {"effect": "…", "opinion": "同意", "ticked": […]})

Whatever the server refuses is raised as a Problem that says why. A write that got no answer is sent again under the
same Idempotency-Key, so that it is done once.
"""

from dudao_client.client import Dudao, File, Json
from dudao_client.problems import Conflict, Invalid, NotAllowed, NotFound, Outdated, Problem, Unmet

__all__ = ["Conflict", "Dudao", "File", "Invalid", "Json", "NotAllowed", "NotFound", "Outdated", "Problem", "Unmet"]
