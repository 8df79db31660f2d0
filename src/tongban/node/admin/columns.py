"""What lists of the operator's pages show in words: agencies, services and the states of cases.

Promises: a code without a name is shown as it is.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from tongban.node.casework import procedures
from tongban.node.casework.models import Case, PublishedProcedure
from tongban.node.portal.names import agency_name, service_name
from tongban.node.theme.wording import spoken


@admin.display(description=_("部门"), ordering="agency")
def _agency(row: Any) -> str:
    return agency_name(row.agency)


@admin.display(description=_("事项"), ordering="service")
def _service(row: Any) -> str:
    return service_name(row.service)


@admin.display(description=_("状态"), ordering="status")
def _status(row: Any) -> str:
    state = procedures.of(row if isinstance(row, Case) else row.case).states.get(row.status)
    return spoken(state.text) if state else str(row.status)


NAMED: Final[Mapping[str, Callable[[Any], str]]] = {
    "agency": _agency,
    "service": _service,
    "status": _status,
}
"""The columns that stand in a list in place of a code."""


class ByName(admin.AllValuesFieldListFilter):
    """Choices among the values that there are, each under its name."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        """All, then each value."""
        every, *values = super().choices(changelist)
        name = agency_name if self.field_path == "agency" else _state_name
        yield every
        for choice in values:
            yield {**choice, "display": name(str(choice["display"]))}


def _state_name(code: str) -> str:
    """What a state is called in the first procedure that has it."""
    rows = PublishedProcedure.objects.order_by("pk").values_list("pk", flat=True)
    found = (procedures.read(row).states.get(code) for row in rows)
    return next((spoken(state.text) for state in found if state), code)
