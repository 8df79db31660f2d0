"""Lists of the cases that the other side handed over read few rows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0011_absence_changes"), ("people", "0007_agents_looks")]
    operations = [
        migrations.AddIndex(
            "case",
            models.Index(condition=models.Q(draft=None), fields=["agency"], name="case_from_there"),
        ),
    ]
