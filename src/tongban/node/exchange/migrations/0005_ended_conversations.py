"""Keep when a conversation ended and whether its words are gone; those that have ended already end now."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0004_letters_with_their_proof"),
    ]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="ended_at",
            field=models.DateTimeField(default=None, null=True),
        ),
        migrations.AddField(
            model_name="conversation",
            name="is_emptied",
            field=models.BooleanField(default=False),
        ),
        migrations.RunSQL(
            "UPDATE exchange_conversation SET ended_at = now() WHERE has_ended",
            migrations.RunSQL.noop,
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                fields=["ended_at"],
                name="conversation_ended",
                condition=models.Q(has_ended=True, is_emptied=False),
            ),
        ),
    ]
