"""The consent page's form: every question to another side is agreed to by its own tick."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from tongban.node.casework.drafts import ConsentNeeded
from tongban.node.portal.names import field_names

CONSENT_DAYS = 30


class ConsentForm(forms.Form):
    """One tick for each consent that the application needs; nothing is ticked beforehand."""

    def __init__(self, needed: Iterable[ConsentNeeded], data: Any = None) -> None:
        super().__init__(data)
        self.needed = tuple(needed)
        for consent in self.needed:
            self.fields[consent.key] = forms.BooleanField(
                error_messages={"required": _("请勾选同意；不同意的话可以退出，申请不会提交")}
            )

    @property
    def asked(self) -> list[tuple[ConsentNeeded, forms.BoundField, str]]:
        """Each consent with its tick and the fields it covers, in words."""
        return [(one, self[one.key], field_names(one.need.fields, (one.need.type,))) for one in self.needed]

    @property
    def agreed(self) -> frozenset[str]:
        """The keys agreed to, once the form is valid."""
        return frozenset(consent.key for consent in self.needed if self.cleaned_data.get(consent.key))
