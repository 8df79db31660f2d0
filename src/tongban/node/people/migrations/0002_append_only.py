"""Access records are only added; the database refuses to change or remove one."""

from django.db import migrations

CREATE = """
CREATE FUNCTION tongban_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON people_accessrecord
    FOR EACH ROW EXECUTE FUNCTION tongban_refuse_change();
"""
REMOVE = """
DROP TRIGGER append_only ON people_accessrecord;
DROP FUNCTION tongban_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, REMOVE)]
