"""The place for which a case is decided; what is there already is decided for the node's own."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from tongban.node.config import this_node


def fill(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Have the cases that are there be of the node's place, as no service has asked for another so far."""
    apps.get_model("casework", "Case").objects.update(place=this_node().office_place)


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0015_claims_owed_once"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="place",
            field=models.CharField(blank=True, max_length=6),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
