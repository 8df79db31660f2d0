"""What was issued, changed and presented is only added; the database refuses to change or remove it.

The state of a credential is the one column of it that changes.
"""

from django.db import migrations

CREATE = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON credentials_statuschange
    FOR EACH ROW EXECUTE FUNCTION tongban_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON credentials_presented
    FOR EACH ROW EXECUTE FUNCTION tongban_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON credentials_entry
    FOR EACH ROW EXECUTE FUNCTION tongban_refuse_change();
CREATE TRIGGER kept BEFORE DELETE ON credentials_issued
    FOR EACH ROW EXECUTE FUNCTION tongban_refuse_change();
CREATE TRIGGER only_the_state BEFORE UPDATE ON credentials_issued
    FOR EACH ROW WHEN (
        (OLD.id, OLD.vct, OLD.person_id, OLD.agency, OLD.claims, OLD.issued_at, OLD.expires)
        IS DISTINCT FROM
        (NEW.id, NEW.vct, NEW.person_id, NEW.agency, NEW.claims, NEW.issued_at, NEW.expires)
        OR OLD.state = 'revoked'
    ) EXECUTE FUNCTION tongban_refuse_change();
"""
REMOVE = """
DROP TRIGGER append_only ON credentials_statuschange;
DROP TRIGGER append_only ON credentials_presented;
DROP TRIGGER append_only ON credentials_entry;
DROP TRIGGER kept ON credentials_issued;
DROP TRIGGER only_the_state ON credentials_issued;
"""


class Migration(migrations.Migration):
    dependencies = [("credentials", "0001_initial"), ("people", "0002_append_only")]
    operations = [migrations.RunSQL(CREATE, REMOVE)]
