"""Wallets that wait for what a case will bring."""

import django.db.models.deletion
from django.db import migrations, models

CASE = "casework.case"
PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    dependencies = [("credentials", "0012_agency_list")]
    operations = [
        migrations.AddField(
            model_name="authorisation",
            name="case",
            field=models.ForeignKey(
                default=None, null=True, on_delete=django.db.models.deletion.CASCADE, to=CASE
            ),
        ),
        migrations.AddField(
            model_name="access",
            name="case",
            field=models.ForeignKey(default=None, null=True, on_delete=PROTECT, related_name="+", to=CASE),
        ),
        migrations.AlterField(
            model_name="access",
            name="credential",
            field=models.ForeignKey(
                default=None,
                null=True,
                on_delete=PROTECT,
                related_name="accesses",
                to="credentials.issued",
            ),
        ),
        migrations.AddField(
            model_name="renewal",
            name="case",
            field=models.ForeignKey(default=None, null=True, on_delete=PROTECT, related_name="+", to=CASE),
        ),
        migrations.AddField(
            model_name="renewal",
            name="app",
            field=models.CharField(blank=True, default="", max_length=200),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="renewal",
            name="credential",
            field=models.ForeignKey(
                default=None,
                null=True,
                on_delete=PROTECT,
                related_name="renewals",
                to="credentials.issued",
            ),
        ),
        migrations.CreateModel(
            name="Deferral",
            fields=[
                ("transaction", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("thumbprint", models.CharField(max_length=64)),
                ("keys", models.JSONField()),
                ("expires", models.DateTimeField(db_index=True)),
                ("case", models.ForeignKey(on_delete=PROTECT, related_name="+", to=CASE)),
            ],
        ),
        migrations.AddConstraint(
            model_name="deferral",
            constraint=models.UniqueConstraint(fields=("case", "thumbprint"), name="deferral_once"),
        ),
    ]
