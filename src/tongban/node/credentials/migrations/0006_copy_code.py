"""A code for a minute may stand for copies to be put into another wallet of the holder's."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credentials", "0005_wallets")]
    operations = [
        migrations.AddField(
            model_name="onlinecode",
            name="use",
            field=models.CharField(
                choices=[("show", "Show"), ("copy", "Copy")], default="show", max_length=10
            ),
        ),
        migrations.AlterField(
            model_name="showing",
            name="how",
            field=models.CharField(
                choices=[
                    ("online", "Online"),
                    ("offline", "Offline"),
                    ("request", "Request"),
                    ("case", "Case"),
                    ("copy", "Copy"),
                ],
                max_length=10,
            ),
        ),
    ]
