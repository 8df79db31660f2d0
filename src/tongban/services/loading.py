"""Reads the service folders and holds each against the law that it relies on.

Promises: what loads can be offered; a broken folder is refused with file, key and what is expected.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from tongban.law import LawError, RuleSet
from tongban.services.claim_sources import rules_of
from tongban.services.definition import Decision, Transfer
from tongban.services.ruling import ruleset_of
from tongban.services.service import FORM_FILE, FORM_SCHEMA_FILE, SERVICE_FILE, Service, ServiceError
from tongban.services.settlement import Settlement
from tongban.services.text import Text

CREDENTIAL_FILE = "credential.toml"
_BUNDLED = frozenset({".toml", ".py", ".json"})
_OF_THE_SERVICE = frozenset({SERVICE_FILE, FORM_FILE, FORM_SCHEMA_FILE, CREDENTIAL_FILE})
_IMPORTED = re.compile(r"^from tongban\.services\.(\w+)\.rules import ", re.MULTILINE)


def load(root: Path) -> Mapping[str, Service]:
    """Every service under `root`, by code. Raises ServiceError for the first broken folder."""
    services = (_load_one(root, path.parent) for path in sorted(root.glob(f"*/{SERVICE_FILE}")))
    return {service.code: service for service in services}


def _load_one(root: Path, folder: Path) -> Service:
    own = _files(root, folder)
    service = Service.from_bundle(own)
    expected = folder.name.replace("_", "-")
    if service.code != expected:
        raise ServiceError(_file(service), "code", "code-not-folder", wanted=expected)
    whole = Service.from_bundle(own | _rule_files(root, service))
    _hold_against_law(whole)
    _hold_against_type(whole)
    return whole


def _hold_against_type(service: Service) -> None:
    """Refuse a credential without its type, and claims that the type does not have."""
    if service.definition.kind != "credential":
        return
    path = f"{service.folder}/{CREDENTIAL_FILE}"
    if path not in service.bundle:
        raise ServiceError(path, "", "credential-missing")
    try:
        claims = tomllib.loads(service.bundle[path]).get("claims", ())
    except tomllib.TOMLDecodeError as error:
        raise ServiceError(path, "", "not-toml", problem=error) from error
    for name in sorted(service.definition.claims.keys() - {claim["path"][0] for claim in claims}):
        raise ServiceError(_file(service), f"claims.{name}", "claim-unknown", file=CREDENTIAL_FILE)


def _rule_files(root: Path, service: Service) -> dict[str, str]:
    """The files of the rule set that decides, and of those whose rules it imports."""
    found: dict[str, str] = {}
    ruleset = service.definition.ruleset
    wanted = [ruleset.replace("-", "_")] if ruleset else []
    for folder in wanted:
        if not (root / folder / "rules.py").is_file():
            raise ServiceError(_file(service), f"{_part(service)}.ruleset", "ruleset-missing", folder=folder)
        files = {
            path: text
            for path, text in _files(root, root / folder).items()
            if path.rsplit("/", 1)[-1] not in _OF_THE_SERVICE
        }
        found |= files
        imported = (used for text in files.values() for used in _IMPORTED.findall(text))
        wanted += [used for used in imported if used not in wanted]
    return found


def _files(root: Path, folder: Path) -> dict[str, str]:
    named = (path for path in folder.iterdir() if path.suffix in _BUNDLED and path.name != "__init__.py")
    try:
        return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in sorted(named)}
    except UnicodeDecodeError as error:
        raise ServiceError(folder.name, "", "not-utf-8") from error


def _hold_against_law(service: Service) -> None:
    """Refuse facts that the rule set does not ask for, and outcomes that it does not give."""
    if service.definition.ruleset is None:
        return
    try:
        ruleset = ruleset_of(service)
    except LawError as error:
        key = f"{_part(service)}.ruleset"
        problem = Text(zh=error.said("zh"), en=error.said("en"))
        raise ServiceError(_file(service), key, "law-broken", problem=problem) from error
    if service.definition.transfer:
        _hold_transfer(service, service.definition.transfer, ruleset)
    if service.definition.settlement:
        _hold_settlement(service, service.definition.settlement, ruleset)
    if service.definition.decision:
        _hold_decision(service, service.definition.decision, ruleset)
    for name, source in service.definition.claims.items():
        known = frozenset(ruleset.rules) | _outcomes(ruleset)
        _expect(service, f"claims.{name}", rules_of(source), known)


def _part(service: Service) -> str:
    """The part of the definition that names the rule set."""
    return service.definition.kind if service.definition.decision is None else "decision"


def _hold_transfer(service: Service, transfer: Transfer, ruleset: RuleSet) -> None:
    _expect_facts(service, "transfer", {*transfer.facts, transfer.origin}, ruleset)
    _expect(service, "transfer.amount", frozenset({transfer.amount}), _outcomes(ruleset))


def _hold_settlement(service: Service, settlement: Settlement, ruleset: RuleSet) -> None:
    _expect_facts(service, "settlement", set(settlement.facts), ruleset)
    outcomes = _outcomes(ruleset)
    named = settlement.used | {settlement.fund_pays}
    _expect(service, "settlement.fund_pays", named, outcomes)
    told = settlement.title.placeholders | settlement.text.placeholders
    _expect(service, "settlement.text", told, outcomes)


def _hold_decision(service: Service, decision: Decision, ruleset: RuleSet) -> None:
    _expect_facts(service, "decision", set(decision.facts), ruleset)
    outcomes = _outcomes(ruleset)
    if decision.recommended:
        _expect(service, "decision.recommended", frozenset({decision.recommended}), outcomes)
    for side in service.definition.sides:
        if deciding := decision.deciding_outcome(side.place):
            _expect(service, "decision.eligible", frozenset({deciding}), outcomes)
        of_pool = frozenset(name.removesuffix(f"_{side.place}") for name in outcomes)
        for outcome, told in decision.outcomes.items():
            used = told.title.placeholders | told.text.placeholders
            _expect(service, f"decision.outcomes.{outcome}", used, outcomes | of_pool | {"pool_name"})


def _expect_facts(service: Service, part: str, used: set[str], ruleset: RuleSet) -> None:
    for fact in sorted(used - ruleset.facts.keys()):
        raise ServiceError(_file(service), f"{part}.facts.{fact}", "fact-unknown", ruleset=ruleset.name)


def _outcomes(ruleset: RuleSet) -> frozenset[str]:
    rules = (rule for versions in ruleset.rules.values() for rule in versions)
    return frozenset(rule.outcome for rule in rules if rule.outcome is not None)


def _expect(service: Service, key: str, used: frozenset[str], known: frozenset[str]) -> None:
    for name in sorted(used - known):
        raise ServiceError(_file(service), key, "not-worked-out", name=name)


def _file(service: Service) -> str:
    return f"{service.folder}/{SERVICE_FILE}"
