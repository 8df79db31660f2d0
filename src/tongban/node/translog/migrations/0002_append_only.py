"""A log record is never changed but for the place that it gets once, and never removed."""

from django.db import migrations

CREATE = """
CREATE FUNCTION tongban_place_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.index IS NULL AND NEW.index IS NOT NULL
       AND (NEW.id, NEW.kind, NEW.about, NEW.salt, NEW.content, NEW.leaf, NEW.recorded_at)
           IS NOT DISTINCT FROM
           (OLD.id, OLD.kind, OLD.about, OLD.salt, OLD.content, OLD.leaf, OLD.recorded_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON translog_logrecord
    FOR EACH ROW EXECUTE FUNCTION tongban_place_once();
"""
REMOVE = """
DROP TRIGGER append_only ON translog_logrecord;
DROP FUNCTION tongban_place_once();
"""


class Migration(migrations.Migration):
    dependencies = [("translog", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, REMOVE)]
