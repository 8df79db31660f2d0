"""DCQL: which credentials and claims a verifier asks for (OpenID4VP 1.0, section 6).

Promises: a query is read strictly; `choose` gives a wallet the fewest claims that answer it; `is_answered_by`
holds what a holder picked against it, `check_answer` an answer, so that a verifier never takes less than it
asked for.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictInt, StrictStr, model_validator

from tongban.credentials.openid.data import Message, read
from tongban.credentials.openid.errors import OpenIdError, OpenIdRefused
from tongban.credentials.openid.paths import select
from tongban.credentials.sdjwt import Held, Path
from tongban.credentials.x5c import authority_identifiers, read_chain

_Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,60}$")]
_Step = Annotated[StrictStr, Field(max_length=200)] | Annotated[StrictInt, Field(ge=0, le=10_000)] | None
_Value = StrictStr | StrictBool | StrictInt


class ClaimQuery(Message):
    """One claim that is asked for, perhaps only with one of some values."""

    id: _Id | None = None
    path: Annotated[list[_Step], Field(min_length=1, max_length=16)]
    values: Annotated[list[_Value], Field(min_length=1, max_length=100)] | None = None

    @property
    def steps(self) -> Path:
        """The path as a tuple."""
        return tuple(self.path)


class Meta(Message):
    """The types that are taken, by exact identifier."""

    vct_values: Annotated[list[Annotated[str, Field(min_length=1, max_length=400)]], Field(min_length=1)]


class Authorities(Message):
    """Those who certify issuers whose credentials are taken: by `aki`, other types match nothing here."""

    type: Annotated[str, Field(min_length=1, max_length=60)]
    values: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=400)]], Field(min_length=1, max_length=100)
    ]


class CredentialQuery(Message):
    """One credential that is asked for."""

    id: _Id
    format: Literal["dc+sd-jwt", "vc+sd-jwt"]
    meta: Meta
    multiple: bool = False
    require_cryptographic_holder_binding: bool = True
    trusted_authorities: Annotated[list[Authorities], Field(min_length=1, max_length=10)] | None = None
    claims: Annotated[list[ClaimQuery], Field(min_length=1, max_length=100)] | None = None
    claim_sets: Annotated[list[Annotated[list[_Id], Field(min_length=1)]], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _sets_name_claims(self) -> "CredentialQuery":
        ids = [claim.id for claim in self.claims or ()]
        named = [claim_id for claim_id in ids if claim_id is not None]
        if len(set(named)) != len(named):
            raise ValueError("claims: expected every id once")
        if self.claim_sets is not None:
            if self.claims is None or len(named) != len(ids):
                raise ValueError("claim_sets: expected claims that all have an id")
            if not {claim_id for option in self.claim_sets for claim_id in option} <= set(named):
                raise ValueError("claim_sets: expected ids of claims")
        return self

    def takes(self, authorities: frozenset[str]) -> bool:
        """Whether a credential counts whose certificates were made by these authorities (`aki`)."""
        if self.trusted_authorities is None:
            return True
        return any(
            one.type == "aki" and not authorities.isdisjoint(one.values) for one in self.trusted_authorities
        )

    def options(self) -> list[list[ClaimQuery]]:
        """The sets of claims that each would do, the preferred one first."""
        claims = self.claims or []
        if self.claim_sets is None:
            return [claims]
        by_id = {claim.id: claim for claim in claims}
        return [[by_id[claim_id] for claim_id in option] for option in self.claim_sets]


class CredentialSet(Message):
    """Combinations of credentials that each would do."""

    options: Annotated[list[Annotated[list[_Id], Field(min_length=1)]], Field(min_length=1)]
    required: bool = True


class Query(Message):
    """A whole query."""

    credentials: Annotated[list[CredentialQuery], Field(min_length=1, max_length=20)]
    credential_sets: Annotated[list[CredentialSet], Field(min_length=1, max_length=20)] | None = None

    @model_validator(mode="after")
    def _ids_fit_together(self) -> "Query":
        ids = [query.id for query in self.credentials]
        if len(set(ids)) != len(ids):
            raise ValueError("credentials: expected every id once")
        named = {name for one in self.credential_sets or () for option in one.options for name in option}
        if not named <= set(ids):
            raise ValueError("credential_sets: expected ids of credentials")
        return self

    def by_id(self, query_id: str) -> CredentialQuery | None:
        """The credential query of this id."""
        return next((query for query in self.credentials if query.id == query_id), None)

    def sets(self) -> list[CredentialSet]:
        """The combinations to answer by; without any in the query all credentials are one."""
        return self.credential_sets or [CredentialSet(options=[[one.id for one in self.credentials]])]


def read_query(members: object) -> Query:
    """The query in a request."""
    return read(Query, members, OpenIdError.INVALID_REQUEST)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A credential of the wallet that answers one query.

    `options` are sets of paths to disclose that each would do, the verifier's preferred one first.
    """

    credential: str
    options: tuple[tuple[Path, ...], ...]

    @property
    def paths(self) -> tuple[Path, ...]:
        """The paths that the verifier prefers."""
        return self.options[0]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a wallet could show: candidates by query id, and the queries of the smallest answer."""

    candidates: Mapping[str, tuple[Candidate, ...]]
    needed: tuple[str, ...]


def choose(query: Query, wallet: Mapping[str, Held]) -> Choice | None:
    """What of `wallet` (credentials by a name of its own) answers the query; None when nothing does."""
    found = candidates(query, wallet)
    to_answer = needed(query, set(found))
    return None if to_answer is None else Choice(found, to_answer)


def candidates(query: Query, wallet: Mapping[str, Held]) -> Mapping[str, tuple[Candidate, ...]]:
    """The credentials of `wallet` that answer a query, by its id; queries that none answers are not there."""
    fitting = {one.id: tuple(_candidates(one, wallet)) for one in query.credentials}
    return {query_id: found for query_id, found in fitting.items() if found}


def is_answered_by(query: Query, picked: Collection[str]) -> bool:
    """Whether these queries, answered, are what was asked for: one option of every set, and nothing else.

    A set that is not required may be left out.
    """
    ids = frozenset(picked)
    reached: set[frozenset[str]] = {frozenset()}
    for one in query.sets():
        options = [frozenset(option) for option in one.options if ids.issuperset(option)]
        with_one = {before | option for before in reached for option in options}
        reached = with_one if one.required else reached | with_one
    return ids in reached


def _candidates(query: CredentialQuery, wallet: Mapping[str, Held]) -> Iterable[Candidate]:
    for name, held in wallet.items():
        bound = "cnf" in held.claims
        if held.claims.get("vct") not in query.meta.vct_values:
            continue
        if query.require_cryptographic_holder_binding and not bound:
            continue
        if query.trusted_authorities and not query.takes(authority_identifiers(read_chain(held.header))):
            continue
        options = tuple(
            _paths(option, held.claims)
            for option in query.options()
            if all(_fits(claim, held.claims) for claim in option)
        )
        if options:
            yield Candidate(name, options)


def _paths(option: Iterable[ClaimQuery], claims: Mapping[str, object]) -> tuple[Path, ...]:
    return tuple(sorted({path for claim in option for path, _ in select(claims, claim.steps)}, key=repr))


def _fits(claim: ClaimQuery, claims: Mapping[str, object]) -> bool:
    """Whether the claim is there, with one of the values asked for."""
    found = select(claims, claim.steps)
    if claim.values is None:
        return bool(found)
    return any(
        type(value) is type(wanted) and value == wanted for _, value in found for wanted in claim.values
    )


def needed(query: Query, answered: Collection[str]) -> tuple[str, ...] | None:
    """The queries to answer, given those that can be; None when a required one cannot."""
    found: list[str] = []
    for one in query.sets():
        option = next((option for option in one.options if set(answered).issuperset(option)), None)
        if option is None and one.required:
            return None
        found += [name for name in option or () if one.required and name not in found]
    return tuple(found)


def check_answer(query: Query, answer: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Refuse an answer that gives less than was asked; `answer` holds the verified claims by query id.

    Refuses unknown ids, several credentials where one was asked for, other types, missing claims or values,
    and missing combinations.
    """
    for query_id, credentials in answer.items():
        one = query.by_id(query_id)
        if one is None or not credentials:
            raise _refused(f"{query_id}: nothing was asked under this id")
        if len(credentials) > 1 and not one.multiple:
            raise _refused(f"{query_id}: expected one credential")
        for claims in credentials:
            if claims.get("vct") not in one.meta.vct_values:
                raise _refused(f"{query_id}: another type than was asked for")
            if not any(all(_fits(claim, claims) for claim in option) for option in one.options()):
                raise _refused(f"{query_id}: claims that were asked for are missing")
    if needed(query, set(answer)) is None:
        raise _refused("credentials that were asked for are missing")


def _refused(description: str) -> OpenIdRefused:
    return OpenIdRefused(OpenIdError.INVALID_REQUEST, description)
