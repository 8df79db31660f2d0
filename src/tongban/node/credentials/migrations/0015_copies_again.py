"""Answers that are kept for wallets which lost them, and what the portal's wallet asks for before it asks."""

from django.db import migrations, models

_BEFORE = models.BooleanField(default=True)
_NOW = models.BooleanField(default=False)


class Migration(migrations.Migration):
    dependencies = [("credentials", "0014_offers_of_cases")]
    operations = [
        migrations.AddField(model_name="awaited", name="is_deferred", field=_BEFORE),
        migrations.AlterField(model_name="awaited", name="is_deferred", field=_NOW),
        migrations.AddField(
            model_name="handover", name="answer", field=models.TextField(blank=True, default="")
        ),
        migrations.AddField(
            model_name="handover",
            name="keys",
            field=models.BinaryField(default=None, max_length=32, null=True),
        ),
        migrations.AddIndex(
            model_name="handover",
            index=models.Index(condition=~models.Q(answer=""), fields=["at"], name="handover_kept"),
        ),
    ]
