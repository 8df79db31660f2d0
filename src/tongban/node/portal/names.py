"""Names of what records hold only as codes: agencies, nodes, services, fields; always something readable."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from tongban.node.casework import catalogue, competence
from tongban.node.casework.refusals import Refused
from tongban.node.exchange import api
from tongban.node.theme.wording import is_english, spoken

_USED = "used_"
"""How names of what earlier settlements used begin."""


def agency_name(code: str) -> str:
    """The agency's name, or its code when this node does not know it."""
    return spoken(competence.agency_name(code))


def node_name(node: str) -> str:
    """The name of a node of the federation."""
    return spoken(api.node_title(node))


def service_name(code: str) -> str:
    """The name of a service that this node or the other one offers."""
    try:
        return spoken(catalogue.service(code).definition.name)
    except Refused:
        return code


def service_names(codes: Iterable[str]) -> dict[str, str]:
    """The names of services by code, each looked up once however often its code comes."""
    return {code: service_name(code) for code in set(codes)}


def evidence_of(code: str) -> frozenset[str]:
    """The types of evidence that a service asks for; none when this node does not know it."""
    try:
        return frozenset(need.type for need in catalogue.service(code).definition.evidence)
    except Refused:
        return frozenset()


def field_names(fields: Iterable[str], types: Collection[str] = ()) -> str:
    """The fields in words, as one enumeration; called as those types of evidence call them."""
    own = {
        "name": _("姓名"),
        "resident_id": _("公民身份号码"),
        "answers": _("申请时填写的回答"),
        "files": _("申请时上传的材料"),
        "complaint": _("投诉的内容"),
        "decision": _("结算的结果"),
    }
    titles = {name: spoken(title) for name, title in api.field_titles(types).items()} | own
    used = _("以前的结算用掉的额度")
    named = (used if name.startswith(_USED) else titles.get(name) or name for name in fields)
    return listed(dict.fromkeys(named))


def listed(words: Iterable[str]) -> str:
    """The words as one enumeration in the language of the page."""
    return (", " if is_english() else "、").join(words)
