"""Django's entry to the people app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """People, their accounts, officers, and who read whose data."""

    name = "tongban.node.people"
    verbose_name = _("人员和权限")
    label = "people"

    def ready(self) -> None:
        """Have looks and mandates compared with what was recorded of them when the database is verified."""
        from tongban.node.people.access import ACCESS, stored_accesses  # noqa: PLC0415 - models are loaded now
        from tongban.node.people.mandates import MANDATE, stored_mandates  # noqa: PLC0415 - as above
        from tongban.node.people.withholding import (  # noqa: PLC0415 - as above
            WITHHOLDING,
            stored_withholdings,
        )
        from tongban.node.translog.stored_audit import compare_with  # noqa: PLC0415 - as above

        compare_with(ACCESS, stored_accesses)
        compare_with(WITHHOLDING, stored_withholdings)
        compare_with(MANDATE, stored_mandates)
