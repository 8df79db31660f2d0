"""What was shown in a case is kept with its proof, and judged again when the case is decided."""

import django.db.models.deletion
from django.db import migrations, models

CREATE = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON credentials_judged
    FOR EACH ROW EXECUTE FUNCTION tongban_refuse_change();
"""
REMOVE = "DROP TRIGGER append_only ON credentials_judged;"


class Migration(migrations.Migration):
    dependencies = [("credentials", "0002_append_only"), ("people", "0002_append_only")]
    operations = [
        migrations.AddField(
            model_name="presented", name="proof", field=models.TextField(default=""), preserve_default=False
        ),
        migrations.CreateModel(
            name="Judged",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("verdict", models.CharField(max_length=30)),
                ("at", models.DateTimeField()),
                (
                    "presented",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="judged",
                        to="credentials.presented",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(CREATE, REMOVE),
    ]
