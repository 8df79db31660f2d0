"""What an officer sends with an act: the revision seen, and what the act asks for."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tongban.node.casework.actions import MOST_REASON


class ActForm(forms.Form):
    """An act on the case as it was seen."""

    revision = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    @property
    def seen(self) -> int:
        """The revision that the officer saw, once the form is valid."""
        return int(self.cleaned_data["revision"])


class ConfirmForm(ActForm):
    """Confirm the proposed decision."""

    read = forms.BooleanField(error_messages={"required": _("请先勾选：已核对材料和理由")})


class RefuseForm(ActForm):
    """Refuse, with a reason."""

    reason = forms.CharField(
        max_length=MOST_REASON,
        error_messages={
            "required": _("请写明不予通过的理由，申请人会看到这段文字"),
            "max_length": _("理由太长了，请缩短到 %(limit_value)d 字以内"),
        },
    )


class AskAgainForm(ActForm):
    """Ask for a piece of evidence again."""

    evidence = forms.SlugField(max_length=60)
