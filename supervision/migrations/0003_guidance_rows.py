"""Campaigns that were loaded before guidance existed get the rows that a scenario gives to new ones.

A new database has no campaign yet: nothing happens there. The rows are those of scenarios/defaults.yaml of that day.
"""

from django.db import migrations
from django.db.models import Max

WAYS = [("call", "电话联系"), ("papers", "查阅材料"), ("meeting", "参加会议"), ("on-site", "实地了解"),
        ("message", "线上沟通")]  # fmt: skip
KINDS = [("plan", "实施方案"), ("schedule", "工作计划"), ("bulletin", "工作简报"), ("board", "宣传展板"),
         ("other", "其他材料")]  # fmt: skip
RULES = [("advice_answer", "回复工作建议", 10), ("reading", "审阅回复和送审材料", 5)]


def complete(apps, schema_editor):
    def model(name):
        return apps.get_model("supervision", name)

    for campaign in model("Campaign").objects.all():
        for name, rows in (("ContactWay", WAYS), ("DraftKind", KINDS)):
            for order, (code, word) in enumerate(rows, 1):
                model(name).objects.get_or_create(campaign=campaign, code=code, defaults={"name": word, "order": order})
        last = model("DeadlineRule").objects.filter(campaign=campaign).aggregate(last=Max("order"))["last"] or 0
        for order, (code, word, amount) in enumerate(RULES, last + 1):
            facts = {"name": word, "amount": amount, "counts_from": "issue", "order": order}
            model("DeadlineRule").objects.get_or_create(campaign=campaign, code=code, defaults=facts)
        for is_key in (False, True):
            of = {"campaign": campaign, "document": "advice", "source": "team", "is_key": is_key}
            route, is_new = model("ApprovalRoute").objects.get_or_create(**of)
            if is_new:
                model("ApprovalStep").objects.create(route=route, number=1, role="leader")


def take_back(apps, schema_editor):
    """The tables of ways and kinds fall with the migration before; what older code does not know goes here."""
    apps.get_model("supervision", "ApprovalRoute").objects.filter(document="advice").delete()
    codes = [code for code, _word, _amount in RULES]
    apps.get_model("supervision", "DeadlineRule").objects.filter(code__in=codes).delete()


class Migration(migrations.Migration):
    dependencies = [("supervision", "0002_guidance")]

    operations = [migrations.RunPython(complete, take_back)]
