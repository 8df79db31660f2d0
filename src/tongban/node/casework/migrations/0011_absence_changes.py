"""Changes of absences, appended and never changed; those that are there count as noted on their first day."""

import django.db.models.deletion
from django.db import migrations, models

KEEP = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON casework_absencechange
    FOR EACH ROW EXECUTE FUNCTION tongban_refuse_change();
INSERT INTO casework_absencechange (absence_id, kind, at, by_id, first, last, substitute_id)
SELECT id, 'noted', first, officer_id, first, last, substitute_id FROM casework_absence;
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0010_ledger")]
    operations = [
        migrations.AddField("absence", "cancelled", models.BooleanField(default=False)),
        migrations.CreateModel(
            name="AbsenceChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(choices=[("noted", "Noted"), ("ended", "Ended")], max_length=10)),
                ("at", models.DateTimeField()),
                ("first", models.DateField()),
                ("last", models.DateField()),
                (
                    "absence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="casework.absence",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.officer"
                    ),
                ),
                (
                    "substitute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.officer"
                    ),
                ),
            ],
            options={"ordering": ["pk"]},
        ),
        migrations.RunSQL(KEEP, "DROP TRIGGER append_only ON casework_absencechange"),
    ]
