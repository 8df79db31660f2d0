"""Wallets that may come again for more copies."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credentials", "0010_one_way_to_copy")]
    operations = [
        migrations.CreateModel(
            name="Renewal",
            fields=[
                ("token", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("thumbprint", models.CharField(max_length=64)),
                ("client", models.CharField(blank=True, max_length=200)),
                ("expires", models.DateTimeField(db_index=True)),
                ("used_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(default=None, null=True)),
                (
                    "credential",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="renewals",
                        to="credentials.issued",
                    ),
                ),
            ],
        ),
    ]
