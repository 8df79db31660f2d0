"""SD-JWT (RFC 9901): claims signed once by the issuer, disclosed one by one by the holder.

`issue` makes one, `Held` is what a wallet does with it, `verify` is what a verifier believes of it.
"""

from tongban.credentials.sdjwt.frame import Frame, Path
from tongban.credentials.sdjwt.holding import Held
from tongban.credentials.sdjwt.issuing import issue
from tongban.credentials.sdjwt.keybinding import KeyBinding, holder_key
from tongban.credentials.sdjwt.verifying import Verified, verify

__all__ = ["Frame", "Held", "KeyBinding", "Path", "Verified", "holder_key", "issue", "verify"]
