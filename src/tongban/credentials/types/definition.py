"""What stands in a service folder's `credential.toml`: one type of credential (电子证照), as checked data.

Promises: a definition that loads names every claim in Chinese and English, says where the list comes from,
which claims the holder may keep back, and what each offline code tells.
"""

from datetime import date
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tongban.credentials.sdjwt import Frame, Path

Confidence = Literal["high", "medium", "low"]
Kind = Literal["text", "date", "month", "integer", "decimal", "boolean", "choice", "place", "list", "object"]
Disclosure = Literal["always", "choice"]
Step = Annotated[str, Field(pattern=r"^(\*|[a-z][a-z0-9_]{0,39})$")]
Steps = Annotated[tuple[Step, ...], Field(min_length=1, max_length=6, strict=False)]

_SUREST_FIRST: tuple[Confidence, ...] = ("high", "medium", "low")
LEAF_KINDS: frozenset[Kind] = frozenset(
    {"text", "date", "month", "integer", "decimal", "boolean", "choice", "place"}
)
ISSUERS_CLAIMS = frozenset(
    {"iss", "iat", "nbf", "exp", "cnf", "vct", "vct#integrity", "status", "sub", "aud", "jti"}
)
"""Claims that the library writes; no type may define them."""


class Data(BaseModel):
    """A frozen, strictly checked piece of a definition."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Words(Data):
    """The same words in Chinese and in English; traditional characters are derived."""

    zh: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]


class Source(Data):
    """Where something comes from, how sure we are of it, and which `claims` it names (dotted)."""

    text: Words
    confidence: Confidence
    claims: Annotated[tuple[str, ...], Field(strict=False)] = ()


class Choice(Data):
    """One value of a claim of kind `choice`."""

    value: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    zh: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]


class Claim(Data):
    """One claim. `path` leads to it; `"*"` stands for every element of a list.

    `disclosure` says whether the holder may keep it back (`choice`) or it is always shown (`always`).
    `limit` bounds texts in characters and lists in elements.
    """

    path: Steps
    zh: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]
    kind: Kind
    disclosure: Disclosure = "choice"
    required: bool = True
    limit: Annotated[int, Field(ge=1, le=4000)] = 80
    choices: Annotated[tuple[Choice, ...], Field(strict=False)] = ()
    note: Words | None = None

    @property
    def name(self) -> str:
        """The path as one dotted word."""
        return ".".join(self.path)

    @cached_property
    def steps(self) -> Path:
        """The path as SD-JWT VC writes it."""
        return tuple(None if step == "*" else step for step in self.path)

    @model_validator(mode="after")
    def _choices_belong_to_choice(self) -> "Claim":
        if (self.kind == "choice") != bool(self.choices):
            raise ValueError("choices: expected values for kind choice, and for no other")
        return self


class Purpose(Data):
    """What one offline code is for, and what it tells: these claims in this order, and nothing else.

    `code` is its number in the code itself and is never given to another purpose of the type.
    """

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    code: Annotated[int, Field(ge=1, le=23)]
    zh: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]
    valid_days: Annotated[int, Field(ge=1, le=3660)]
    claims: Annotated[tuple[Steps, ...], Field(min_length=1, max_length=16, strict=False)]


class CredentialType(Data):
    """One version of one type of credential.

    `vct` is its identifier, compared character by character. `code` is its number in offline codes; neither
    is ever given to another type or version. `ends_with` names the claim whose day a credential does not
    outlive.
    """

    vct: Annotated[str, Field(pattern=r"^https://[a-z0-9.-]+/[a-z0-9/.-]+/[1-9][0-9]*$", max_length=120)]
    code: Annotated[int, Field(ge=1, le=65_535)]
    since: date
    name: Words
    description: Words
    plan_items: Annotated[
        tuple[Annotated[str, Field(pattern=r"^(D|DM|P)\d{1,2}$")], ...], Field(strict=False)
    ] = ()
    valid_days: Annotated[int, Field(ge=1, le=36_600)]
    ends_with: str = ""
    has_status: bool = True
    sources: Annotated[tuple[Source, ...], Field(min_length=1, strict=False)]
    claims: Annotated[tuple[Claim, ...], Field(min_length=1, max_length=60, strict=False)]
    purposes: Annotated[tuple[Purpose, ...], Field(min_length=1, max_length=8, strict=False)]

    @model_validator(mode="after")
    def _parts_fit_together(self) -> "CredentialType":
        paths = [claim.path for claim in self.claims]
        if len(set(paths)) != len(paths):
            raise ValueError("claims: expected every path once")
        for claim in self.claims:
            where = ".".join(claim.path)
            if claim.path[0] in ISSUERS_CLAIMS or claim.path[0] == "*":
                raise ValueError(f"claims.{where}: expected a name that the library does not write itself")
            if len(claim.path) > 1:
                self._check_parent(claim, where)
        ending = self.claim((self.ends_with,))
        if self.ends_with and (ending is None or ending.kind != "date"):
            raise ValueError("ends_with: expected a claim of kind date")
        for names in ([p.key for p in self.purposes], [p.code for p in self.purposes]):
            if len(set(names)) != len(names):
                raise ValueError("purposes: expected every key and every code once")
        for purpose in self.purposes:
            for path in purpose.claims:
                found = self.claim(path)
                if found is None or found.kind not in LEAF_KINDS or "*" in path:
                    raise ValueError(f"purposes.{purpose.key}: expected single claims, not {'.'.join(path)}")
        return self

    @model_validator(mode="after")
    def _sources_name_claims(self) -> "CredentialType":
        known = {claim.name for claim in self.claims}
        for source in self.sources:
            if unknown := sorted(set(source.claims) - known):
                raise ValueError(f"sources.claims: expected claims of the type, not {', '.join(unknown)}")
        return self

    def _check_parent(self, claim: Claim, where: str) -> None:
        parent = self.claim(claim.path[:-1])
        if claim.path[-1] == "*":
            if parent is None or parent.kind != "list":
                raise ValueError(f"claims.{where}: expected a list before the star")
        elif claim.path[-2] != "*" and (parent is None or parent.kind != "object"):
            raise ValueError(f"claims.{where}: expected an object around it")
        elif claim.path[-2] == "*" and (parent is None or parent.kind != "object"):
            raise ValueError(f"claims.{where}: expected the list's elements to be objects")

    def claim(self, path: tuple[str, ...]) -> Claim | None:
        """The claim of this path."""
        return self._by_path.get(path)

    @cached_property
    def _by_path(self) -> dict[tuple[str, ...], Claim]:
        return {claim.path: claim for claim in self.claims}

    def purpose(self, key: str) -> Purpose | None:
        """The purpose of this key."""
        return next((purpose for purpose in self.purposes if purpose.key == key), None)

    @cached_property
    def frame(self) -> Frame:
        """Which claims the holder discloses one by one."""
        return Frame.of(claim.steps for claim in self.claims if claim.disclosure == "choice")

    def __hash__(self) -> int:
        return hash(self.vct)

    @property
    def is_verified(self) -> bool:
        """Whether every source of the list of claims is sure, and one names each of them."""
        return all(source.confidence == "high" for source in self.sources) and not self.unverified

    def source_of(self, claim: Claim) -> Source | None:
        """The surest source that names the claim; None where none does."""
        naming = [source for source in self.sources if claim.name in source.claims]
        return min(naming, key=lambda source: _SUREST_FIRST.index(source.confidence), default=None)

    @property
    def unverified(self) -> tuple[Claim, ...]:
        """The claims that no source of high or medium confidence names."""
        found = ((claim, self.source_of(claim)) for claim in self.claims)
        return tuple(claim for claim, source in found if source is None or source.confidence == "low")
