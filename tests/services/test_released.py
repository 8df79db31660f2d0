"""What a node has published never changes under the same version."""

from tests.services.released import released, today


def test_a_released_version_holds_what_it_held() -> None:
    known = released()
    changed = [name for name, sha256 in today().items() if known.get(name, sha256) != sha256]
    assert changed == [], "these folders changed: raise `version` in service.toml"
