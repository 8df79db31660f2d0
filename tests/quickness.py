"""What a run of the tests would otherwise do again and again: list the static files, walk what never ends.

Promises: nothing that a test can see is other than without it.
"""

import gc
from collections.abc import Iterator

import pytest
from whitenoise.middleware import WhiteNoiseMiddleware

_OBJECTS_BETWEEN_COLLECTIONS = 20_000


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What is loaded stays until the run ends, so the garbage collector need not walk it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)


@pytest.fixture(autouse=True, scope="session")
def _static_files_are_listed_once() -> Iterator[None]:
    """A test's client makes the middleware anew, and each would look at every static file again."""
    listed: dict[str, object] = {}
    list_all = WhiteNoiseMiddleware.add_files_from_finders

    def list_once(middleware: WhiteNoiseMiddleware) -> None:
        if not listed:
            list_all(middleware)
            listed.update(middleware.files)
        middleware.files.update(listed)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", list_once)
        yield
