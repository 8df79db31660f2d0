"""Kernels made by tests are kept apart from the user's."""

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="session")
def kernel_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TONGBAN_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield
