"""A notice may be about something outside of cases; it names the page that tells more."""

import django.db.models.deletion
from django.db import migrations, models

PATHS = """
UPDATE casework_notice SET path = '/cases/' || casework_case.number || '/'
    FROM casework_event JOIN casework_case ON casework_case.id = casework_event.case_id
    WHERE casework_event.id = casework_notice.event_id;
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0006_tasks_and_notices")]
    operations = [
        migrations.AlterField(
            model_name="notice",
            name="event",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notice",
                to="casework.event",
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="path",
            field=models.CharField(default="", max_length=200),
            preserve_default=False,
        ),
        migrations.RunSQL(PATHS, migrations.RunSQL.noop),
    ]
