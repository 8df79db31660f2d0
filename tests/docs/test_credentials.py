"""The pages on credentials: the tutorial runs, its tables are those of the code, every attack has a test."""

import re
from pathlib import Path

from tests.credentials.samples import registry
from tests.docs import credential_types
from tongban.credentials.types.definition import Claim, CredentialType

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "credentials"


def page(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def test_the_tutorial_runs_as_it_stands() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", page("tutorial.md"), re.DOTALL)
    exec(compile(code, "tutorial.md", "exec"), {})


def test_the_table_of_types_is_true() -> None:
    rows = [line for line in page("types.md").splitlines() if line.startswith("| ") and "https://" in line]
    assert rows == [
        f"| {kind.code} | `{kind.vct}` | {kind.name.zh} | {'yes' if kind.is_verified else 'no'} |"
        for kind in sorted(registry().values(), key=lambda kind: kind.code)
    ]


def test_the_page_field_by_field_follows_from_the_files() -> None:
    assert page("the-nine-types.md") == credential_types.page()


def test_every_key_of_a_type_is_explained() -> None:
    explained = set(re.findall(r"`([a-z_]+)`", page("types.md")))
    assert CredentialType.model_fields.keys() | Claim.model_fields.keys() <= explained


def test_every_attack_names_a_test_that_exists() -> None:
    named = re.findall(r"`(test_\w+)\.py::(?:\w+::)?(test_\w+)`", page("attacks.md"))
    assert len(named) > 40
    for module, test in named:
        (path,) = (ROOT / "tests").glob(f"credentials*/{module}.py")
        assert f"def {test}(" in path.read_text(encoding="utf-8"), f"{module}.py::{test}"
