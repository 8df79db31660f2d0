"""Money that arrived for a month set off; appended, never changed."""

import django.db.models.deletion
from django.db import migrations, models

KEEP = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON casework_receipt
    FOR EACH ROW EXECUTE FUNCTION tongban_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0016_place_of_a_case"),
        ("people", "0015_told_to_points"),
    ]

    operations = [
        migrations.CreateModel(
            name="Receipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("agency", models.CharField(max_length=60)),
                ("peer", models.CharField(max_length=60)),
                ("month", models.DateField()),
                ("reference", models.CharField(max_length=64)),
                ("amount", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.officer"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="receipt_amount_positive"
                    ),
                    models.UniqueConstraint(fields=("agency", "peer", "reference"), name="receipt_once"),
                ],
            },
        ),
        migrations.RunSQL(KEEP, "DROP TRIGGER append_only ON casework_receipt"),
    ]
