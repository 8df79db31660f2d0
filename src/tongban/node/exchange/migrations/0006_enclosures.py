"""Files of cases on their way to another node."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0005_ended_conversations")]
    operations = [
        migrations.CreateModel(
            name="Enclosure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("peer", models.CharField(max_length=40)),
                ("case_ref", models.CharField(max_length=40)),
                ("next_try", models.DateTimeField()),
                ("tries", models.PositiveIntegerField(default=0)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["sha256", "peer"], name="enclosure_once_a_peer")
                ],
                "indexes": [
                    models.Index(fields=["next_try"], condition=models.Q(sent_at=None), name="enclosure_due")
                ],
            },
        ),
    ]
