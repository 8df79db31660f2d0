"""The table in which all processes of a node count attempts to sign in."""

from django.apps.registry import Apps
from django.core.management import call_command
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def create(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    call_command("createcachetable", "sign_in_counts", database=editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
