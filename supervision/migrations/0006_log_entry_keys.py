"""A key of its own for every entry that is there already."""

from uuid import uuid4

from django.db import migrations


def give_keys(apps, schema_editor):
    for name in ("InspectionRecord", "TalkRecord"):
        model = apps.get_model("supervision", name)
        for pk in list(model.objects.values_list("pk", flat=True)):
            model.objects.filter(pk=pk).update(client_key=uuid4())


class Migration(migrations.Migration):
    dependencies = [("supervision", "0005_log_entries")]
    operations = [migrations.RunPython(give_keys, migrations.RunPython.noop)]
