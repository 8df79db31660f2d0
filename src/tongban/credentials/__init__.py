"""Credentials that count on the other side, online and without a network; a library without I/O.

Start at `sdjwt` for the format. Everything that is read from outside is either believed or refused with
CredentialRefused, whose code is stable.
"""

from tongban.credentials.limits import DEFAULT_LIMITS, Limits
from tongban.credentials.refusals import SENTENCES, Code, CredentialRefused

__all__ = ["DEFAULT_LIMITS", "SENTENCES", "Code", "CredentialRefused", "Limits"]
