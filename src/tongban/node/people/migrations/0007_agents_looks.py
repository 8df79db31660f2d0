"""A look by somebody who acts by a mandate names them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0006_mandates")]
    operations = [
        migrations.AddField(
            model_name="accessrecord",
            name="agent",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="looks_as_agent",
                to="people.person",
            ),
        ),
        migrations.AlterField(
            model_name="accessrecord",
            name="direction",
            field=models.CharField(
                choices=[
                    ("read", "Read"),
                    ("out", "Out"),
                    ("own", "Own"),
                    ("in", "In"),
                    ("agent", "Agent"),
                ],
                max_length=10,
            ),
        ),
    ]
