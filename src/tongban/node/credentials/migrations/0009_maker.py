"""Who vouched for a wallet that asks for a credential."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credentials", "0008_same_device")]
    operations = [
        migrations.AddField(
            model_name="authorisation",
            name="maker",
            field=models.CharField(blank=True, default="", max_length=200),
            preserve_default=False,
        ),
    ]
