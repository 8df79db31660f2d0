"""Keep of each message when both sides had it, and the delivery that proves who said it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0003_conversations"),
    ]

    operations = [
        migrations.AddField(
            model_name="letter",
            name="kept_at",
            field=models.DateTimeField(default=None, null=True),
        ),
        migrations.AddField(
            model_name="letter",
            name="proof",
            field=models.JSONField(default=None, null=True),
        ),
    ]
