"""How the tests of OpenID's protocols see that something was refused."""

from collections.abc import Callable
from typing import ParamSpec

import pytest

from tongban.credentials.openid import OpenIdError, OpenIdRefused

P = ParamSpec("P")


def refused(attempt: Callable[P, object], *arguments: P.args, **options: P.kwargs) -> OpenIdError:
    """The error with which the attempt was refused."""
    with pytest.raises(OpenIdRefused) as caught:
        attempt(*arguments, **options)
    return caught.value.error
