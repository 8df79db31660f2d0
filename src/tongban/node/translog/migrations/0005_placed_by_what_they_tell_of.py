"""What a record tells of is looked up once it has a place, so that appending one makes no entry for it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("translog", "0004_lighter_places")]
    operations = [
        migrations.RemoveIndex(model_name="logrecord", name="log_about"),
        migrations.AddIndex(
            model_name="logrecord",
            index=models.Index(
                condition=models.Q(("index__isnull", False)), fields=["about"], name="log_about"
            ),
        ),
    ]
