"""What a verifier says of a genuine credential: the verdict, and its sentence for the counter.

Promises: only `valid` lets a credential count; what could not be found out is never shown as valid.
"""

from enum import StrEnum

from tongban.places.text import Text


class Verdict(StrEnum):
    """The answers that a verification can end with; whatever is not even genuine is refused instead."""

    VALID = "valid"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    STATUS_STALE = "status-stale"
    UNKNOWN_ISSUER = "unknown-issuer"
    NOT_TRUSTED_FOR_TYPE = "not-trusted-for-type"


VERDICT_SENTENCES: dict[Verdict, Text] = {
    Verdict.VALID: Text("有效。", "Valid."),
    Verdict.REVOKED: Text("已被发证机关撤销，不能使用。", "Revoked by the issuer; it cannot be used."),
    Verdict.SUSPENDED: Text(
        "已被发证机关暂停，恢复后才能使用。", "Suspended by the issuer; it can be used once that ends."
    ),
    Verdict.EXPIRED: Text("已过有效期，请换发。", "Expired; it has to be renewed."),
    Verdict.STATUS_STALE: Text(
        "状态信息已过时，无法确认是否有效，请联网更新后再验。",
        "The status information is out of date, so validity is not known; go online, update, check again.",
    ),
    Verdict.UNKNOWN_ISSUER: Text(
        "目录中没有这个发证机关或其密钥，不能采信。",
        "The directory has no such issuer or key of it; it cannot be relied on.",
    ),
    Verdict.NOT_TRUSTED_FOR_TYPE: Text(
        "该机关无权签发这类证照，不能采信。",
        "This issuer may not issue credentials of this type; it cannot be relied on.",
    ),
}
