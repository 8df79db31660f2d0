"""One version of a service, read from the texts of its files.

Promises: a broken file is refused with file, key and what is expected; the same bundle always gives the
same service and the same SHA-256.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from pydantic import ValidationError

from tongban.services import mistakes
from tongban.services.definition import AnswerFact, Definition
from tongban.services.form import Form
from tongban.services.form_schema import SchemaError, form_of
from tongban.services.text import Data, Text

SERVICE_FILE = "service.toml"
FORM_FILE = "form.toml"
FORM_SCHEMA_FILE = "form.schema.json"

D = TypeVar("D", bound=Data)


class ServiceError(ValueError):
    """A service's data cannot be used: in which file, at which key, and what is expected in both languages.

    `code` names the mistake in the catalogue of `mistakes`, and `said` fills its text; a check of a model
    brings its `text` along.
    """

    def __init__(
        self, file: str, key: str, code: str, /, *, text: Text | None = None, **said: object
    ) -> None:
        self.file = file
        self.key = key
        self.code = code
        self.text = text or mistakes.told(code, said)
        super().__init__(self.said("en"))

    @property
    def expected(self) -> str:
        """What is expected, in English."""
        return self.text.en

    def said(self, lang: str) -> str:
        """The whole line in a language, `zh` or `en`."""
        parts = (self.file, self.key, self.text.zh if lang == "zh" else self.text.en)
        return ("：" if lang == "zh" else ": ").join(part for part in parts if part)


@dataclass(frozen=True)
class Service:
    """One version of a service: its definition, its form, and the files that it was read from.

    `bundle` maps `folder/file` to text; it holds the service's own folder and the folders of the rule sets
    that its decision uses.
    """

    folder: str
    definition: Definition
    form: Form
    bundle: Mapping[str, str]

    @property
    def code(self) -> str:
        """The service's code, like `medical-retirement`."""
        return self.definition.code

    @property
    def version(self) -> str:
        """The version; a published one never changes."""
        return self.definition.version

    @cached_property
    def sha256(self) -> str:
        """The hash over the whole bundle."""
        canonical = json.dumps(dict(self.bundle), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    @classmethod
    def from_bundle(cls, bundle: Mapping[str, str]) -> "Service":
        """The service that a stored bundle holds. Raises ServiceError."""
        named = [path for path in bundle if path.endswith(f"/{SERVICE_FILE}")]
        if len(named) != 1:
            raise ServiceError(SERVICE_FILE, "", "bundle-not-one")
        folder = named[0].removesuffix(f"/{SERVICE_FILE}")
        definition = _read(Definition, bundle, named[0])
        form = _form(bundle, folder)
        _check_questions(folder, definition, form)
        return cls(folder, definition, form, bundle)


def _read(model: type[D], bundle: Mapping[str, str], path: str) -> D:
    if path not in bundle:
        raise ServiceError(path, "", "file-missing")
    try:
        return model.model_validate(tomllib.loads(bundle[path]))
    except tomllib.TOMLDecodeError as error:
        raise ServiceError(path, "", "not-toml", problem=error) from error
    except ValidationError as error:
        code, key, text = mistakes.found(error)
        raise ServiceError(path, key, code, text=text) from error


def _form(bundle: Mapping[str, str], folder: str) -> Form:
    """The form from `form.toml`, or from `form.schema.json` where a service brings that instead."""
    path = f"{folder}/{FORM_SCHEMA_FILE}"
    if path not in bundle:
        return _read(Form, bundle, f"{folder}/{FORM_FILE}")
    if f"{folder}/{FORM_FILE}" in bundle:
        raise ServiceError(path, "", "form-twice", other=FORM_FILE)
    try:
        return form_of(json.loads(bundle[path]))
    except json.JSONDecodeError as error:
        raise ServiceError(path, "", "not-json", problem=error) from error
    except SchemaError as error:
        raise ServiceError(path, error.path, error.code, text=error.text) from error
    except ValidationError as error:
        code, key, text = mistakes.found(error)
        raise ServiceError(path, key, code, text=text) from error


def _check_questions(folder: str, definition: Definition, form: Form) -> None:
    key = definition.place_question
    if key is not None and not any(one.key == key and one.type == "place" for one in form.questions):
        path = f"{folder}/{SERVICE_FILE}"
        raise ServiceError(path, "place_question", "place-question", file=FORM_FILE, given=key)
    decision = definition.decision
    if decision is None:
        return
    asked = {name: fact.answer for name, fact in decision.facts.items() if isinstance(fact, AnswerFact)}
    wanted = {f"decision.facts.{name}.answer": key for name, key in asked.items()}
    if decision.pool_question:
        wanted["decision.pool_question"] = decision.pool_question
    for place, key in wanted.items():
        if form.question(key) is None:
            path = f"{folder}/{SERVICE_FILE}"
            raise ServiceError(path, place, "question-unknown", file=FORM_FILE, given=key)
