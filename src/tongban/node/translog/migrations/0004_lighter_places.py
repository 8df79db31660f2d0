"""A record costs less: no index entry before it has a place, and what keeps it as it is asks no procedure
unless it has to refuse."""

from django.db import migrations, models

CREATE = """
DROP TRIGGER append_only ON translog_logrecord;
CREATE TRIGGER append_only BEFORE DELETE ON translog_logrecord
    FOR EACH ROW EXECUTE FUNCTION tongban_place_once();
CREATE TRIGGER placed_once BEFORE UPDATE ON translog_logrecord FOR EACH ROW
    WHEN (NOT (OLD.index IS NULL AND NEW.index IS NOT NULL
               AND (NEW.id, NEW.kind, NEW.about, NEW.salt, NEW.content, NEW.leaf, NEW.recorded_at)
                   IS NOT DISTINCT FROM
                   (OLD.id, OLD.kind, OLD.about, OLD.salt, OLD.content, OLD.leaf, OLD.recorded_at)))
    EXECUTE FUNCTION tongban_place_once();
"""
REMOVE = """
DROP TRIGGER placed_once ON translog_logrecord;
DROP TRIGGER append_only ON translog_logrecord;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON translog_logrecord
    FOR EACH ROW EXECUTE FUNCTION tongban_place_once();
"""


class Migration(migrations.Migration):
    dependencies = [("translog", "0003_names")]
    operations = [
        migrations.AlterField(
            model_name="logrecord", name="index", field=models.BigIntegerField(default=None, null=True)
        ),
        migrations.AddConstraint(
            model_name="logrecord",
            constraint=models.UniqueConstraint(
                condition=models.Q(("index__isnull", False)), fields=("index",), name="log_place_once"
            ),
        ),
        migrations.RunSQL(CREATE, REMOVE),
    ]
