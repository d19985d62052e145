from uuid import uuid4

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("supervision", "0006_log_entry_keys")]
    operations = [
        migrations.AlterField(
            model_name=name,
            name="client_key",
            field=models.UUIDField(default=uuid4, editable=False, unique=True),
        )
        for name in ("inspectionrecord", "talkrecord")
    ]
