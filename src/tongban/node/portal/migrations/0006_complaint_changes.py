"""Steps of complaints, appended and never changed; what the rows still tell of earlier ones comes first."""

import django.db.models.deletion
from django.db import migrations, models

KEEP = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON portal_complaintchange
    FOR EACH ROW EXECUTE FUNCTION tongban_refuse_change();
INSERT INTO portal_complaintchange (complaint_id, kind, at, by_id, to_id, due_on)
SELECT complaint_id, kind, at, by_id, to_id, due_on FROM (
    SELECT id AS complaint_id, CASE WHEN assigned_by_id = assignee_id THEN 'taken' ELSE 'assigned' END AS kind,
           assigned_at AS at, assigned_by_id AS by_id, assignee_id AS to_id, due_on
      FROM portal_complaint WHERE assigned_at IS NOT NULL AND assigned_by_id IS NOT NULL
    UNION ALL SELECT id, 'extended', extended_at, extended_by_id, NULL, due_on
      FROM portal_complaint WHERE extended_at IS NOT NULL AND extended_by_id IS NOT NULL
    UNION ALL SELECT id, 'answered', answered_at, answered_by_id, NULL, due_on
      FROM portal_complaint WHERE answered_at IS NOT NULL AND answered_by_id IS NOT NULL
) AS steps ORDER BY at;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0012_oversee"),
        ("portal", "0005_complaint_work"),
    ]

    operations = [
        migrations.CreateModel(
            name="ComplaintChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("assigned", "分派给"),
                            ("taken", "由自己答复"),
                            ("extended", "延长了答复期限"),
                            ("answered", "作出了答复"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("due_on", models.DateField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.officer"
                    ),
                ),
                (
                    "complaint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="portal.complaint",
                    ),
                ),
                (
                    "to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.officer",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.RunSQL(KEEP, "DROP TRIGGER append_only ON portal_complaintchange"),
    ]
