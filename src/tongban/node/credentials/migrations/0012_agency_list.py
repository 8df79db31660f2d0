"""An agency's credentials, the newest first, without sorting all of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credentials", "0011_renewal")]
    operations = [
        migrations.AddIndex(
            model_name="issued",
            index=models.Index(fields=["agency", "-issued_at", "id"], name="issued_agency"),
        ),
    ]
