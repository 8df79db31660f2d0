"""A request to a wallet on the same device ends in the browser that asked, by a secret of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credentials", "0007_counted")]
    operations = [
        migrations.AddField(
            model_name="asked",
            name="is_same_device",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="asked",
            name="way_back",
            field=models.BinaryField(default=None, max_length=32, null=True),
        ),
    ]
