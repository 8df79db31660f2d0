"""Drafts and cases of enterprises, and the mandate by which a case was applied for."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0008_worklists"), ("people", "0006_mandates")]
    operations = [
        migrations.AddField(
            model_name="draft",
            name="enterprise",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="drafts",
                to="people.enterprise",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="enterprise",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="people.enterprise",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="mandate",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="people.mandate",
            ),
        ),
    ]
