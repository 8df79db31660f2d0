"""Copies for other wallets go by offers only; a code for a minute stands for a showing."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("credentials", "0009_maker")]
    operations = [
        migrations.RunSQL("DELETE FROM credentials_onlinecode WHERE use = 'copy'", migrations.RunSQL.noop),
        migrations.RemoveField(model_name="onlinecode", name="use"),
    ]
