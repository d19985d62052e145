import datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('feedback', '0001_initial'),
        ('rectification', '0001_initial'),
        ('supervision', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='rectificationitem',
            name='item_by_body',
        ),
        migrations.RemoveIndex(
            model_name='rectificationitem',
            name='item_by_team',
        ),
        migrations.RemoveIndex(
            model_name='rectificationitem',
            name='item_by_unit',
        ),
        migrations.AddField(
            model_name='rectificationitem',
            name='urgent_on',
            field=models.GeneratedField(db_persist=True, expression=models.Case(models.When(status__in=('closed', 'cancelled'), then=datetime.date(9999, 12, 31)), default=models.F('due_on')), output_field=models.DateField()),
        ),
        migrations.AddIndex(
            model_name='rectificationitem',
            index=models.Index(fields=['campaign', 'urgent_on', 'id'], name='item_urgent_campaign'),
        ),
        migrations.AddIndex(
            model_name='rectificationitem',
            index=models.Index(fields=['body', 'urgent_on', 'id'], name='item_urgent_body'),
        ),
        migrations.AddIndex(
            model_name='rectificationitem',
            index=models.Index(fields=['team', 'urgent_on', 'id'], name='item_urgent_team'),
        ),
        migrations.AddIndex(
            model_name='rectificationitem',
            index=models.Index(fields=['unit', 'urgent_on', 'id'], name='item_urgent_unit'),
        ),
    ]
