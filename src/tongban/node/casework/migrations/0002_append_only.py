"""Events and published services are only added; case numbers come from a sequence of the node."""

from django.db import migrations

CREATE = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON casework_event
    FOR EACH ROW EXECUTE FUNCTION tongban_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON casework_publishedservice
    FOR EACH ROW EXECUTE FUNCTION tongban_refuse_change();
CREATE SEQUENCE casework_case_number;
"""
REMOVE = """
DROP SEQUENCE casework_case_number;
DROP TRIGGER append_only ON casework_publishedservice;
DROP TRIGGER append_only ON casework_event;
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0001_initial"), ("people", "0002_append_only")]
    operations = [migrations.RunSQL(CREATE, REMOVE)]
