"""Officers who were there before grants existed go on handling all that their agency is in charge of."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def give(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    officers = apps.get_model("people", "Officer").objects.select_related("account")
    grants = apps.get_model("people", "Grant").objects
    for officer in officers:
        grants.create(officer=officer, act="handle", valid_from=officer.account.created_at.date())


class Migration(migrations.Migration):
    dependencies = [("people", "0003_grants_and_enterprises")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
