"""The ledger of settlements: what is owed and what was paid, added and never changed."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0009_behalf")]
    operations = [
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(choices=[("owed", "Owed"), ("paid", "Paid")], max_length=10)),
                ("debtor", models.CharField(max_length=60)),
                ("creditor", models.CharField(max_length=60)),
                ("amount", models.BigIntegerField()),
                ("month", models.DateField()),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entry", to="casework.event"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["debtor", "creditor", "month", "kind"], name="ledger_pair_month")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0)), name="ledger_amount_not_negative"
                    )
                ],
            },
        ),
        migrations.RunSQL(
            "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON casework_ledgerentry"
            " FOR EACH ROW EXECUTE FUNCTION tongban_refuse_change();",
            "DROP TRIGGER append_only ON casework_ledgerentry",
        ),
    ]
