"""The gateway as an ASGI application: `granian --interface asgi tongban.gateway.app:app`.

It starts only with a configuration that can be used; otherwise one line says what is wrong.
"""

import os
import sys

import django
from starlette.applications import Starlette

from tongban.node import tracing
from tongban.node.config import ConfigError, this_node
from tongban.node.database import DatabaseUnavailableError


def _application() -> Starlette:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.node.settings")
    try:
        django.setup()
        from tongban.gateway import door, routes  # noqa: PLC0415 - both need Django started

        door.check_configuration()
        tracing.start(this_node(), "gateway")
    except (ConfigError, DatabaseUnavailableError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    return routes.application()


app = _application()
