"""What each address has asked for within a minute, of what is open to everybody."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credentials", "0006_copy_code")]
    operations = [
        migrations.CreateModel(
            name="Counted",
            fields=[
                ("name", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("until", models.DateTimeField(db_index=True)),
                ("spent", models.PositiveIntegerField()),
            ],
        ),
    ]
