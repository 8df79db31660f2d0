"""Why a credential, a list or a code is refused: a stable code and a sentence in Chinese and English.

A refusal names what is wrong and where, never a claim's value; nothing of what was refused may be shown.
"""

from enum import StrEnum

from tongban.places.text import Text


class Code(StrEnum):
    """The stable codes of all refusals of this library."""

    MALFORMED = "malformed"
    TOO_LARGE = "too-large"
    TOO_DEEP = "too-deep"
    WRONG_TYPE = "wrong-type"
    WRONG_ALGORITHM = "wrong-algorithm"
    BAD_SIGNATURE = "bad-signature"
    UNKNOWN_HASH = "unknown-hash"
    DISCLOSURE_MALFORMED = "disclosure-malformed"
    DISCLOSURE_UNREFERENCED = "disclosure-unreferenced"
    DIGEST_DOUBLED = "digest-doubled"
    CLAIM_COLLISION = "claim-collision"
    RESERVED_NAME = "reserved-name"
    CLAIM_NOT_DISCLOSABLE = "claim-not-disclosable"
    CLAIM_MISSING = "claim-missing"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    WRONG_AUDIENCE = "wrong-audience"
    WRONG_NONCE = "wrong-nonce"
    KEY_BINDING_MISSING = "key-binding-missing"
    KEY_BINDING_STALE = "key-binding-stale"
    KEY_BINDING_MISMATCH = "key-binding-mismatch"
    HOLDER_KEY_MISSING = "holder-key-missing"
    TRANSACTION_MISMATCH = "transaction-mismatch"
    UNKNOWN_TYPE = "unknown-type"
    UNKNOWN_ISSUER = "unknown-issuer"
    LIST_MISMATCH = "list-mismatch"
    INDEX_OUT_OF_RANGE = "index-out-of-range"
    DECOMPRESSION_BOMB = "decompression-bomb"
    UNKNOWN_PURPOSE = "unknown-purpose"
    CODE_TOO_LARGE = "code-too-large"
    ALREADY_USED = "already-used"
    TOO_MANY = "too-many"


SENTENCES: dict[Code, Text] = {
    Code.MALFORMED: Text(
        "无法读取，格式不符合约定，请持有人重新出示。",
        "It cannot be read: its form is not the agreed one; ask the holder to show it anew.",
    ),
    Code.TOO_LARGE: Text("超过允许的大小，请出示较少的内容。", "It is larger than allowed; show less of it."),
    Code.TOO_DEEP: Text(
        "层级超过允许的深度，请发证机关简化内容。",
        "It is nested deeper than allowed; the issuer has to flatten it.",
    ),
    Code.WRONG_TYPE: Text(
        "这不是所要求的文件类型，请出示正确的证照。",
        "It is not the kind of document asked for; show the right one.",
    ),
    Code.WRONG_ALGORITHM: Text(
        "签名算法与目录中该密钥的算法不符，不能接受。",
        "The signature algorithm is not the one that the directory gives this key; it is not accepted.",
    ),
    Code.BAD_SIGNATURE: Text(
        "签名与内容不符，可能被改动，不能接受。",
        "The signature does not fit the content, which may have been changed; it is not accepted.",
    ),
    Code.UNKNOWN_HASH: Text(
        "摘要算法未知，请发证机关使用约定的算法。",
        "The hash algorithm is unknown; the issuer has to use an agreed one.",
    ),
    Code.DISCLOSURE_MALFORMED: Text(
        "披露项格式有误，请持有人重新出示。", "A disclosure is malformed; ask the holder to show it anew."
    ),
    Code.DISCLOSURE_UNREFERENCED: Text(
        "有一项披露内容不是发证机关签过的，不能接受。",
        "A disclosure is none that the issuer signed for; it is not accepted.",
    ),
    Code.DIGEST_DOUBLED: Text(
        "同一摘要出现两次，不能接受。", "The same digest stands there twice; it is not accepted."
    ),
    Code.CLAIM_COLLISION: Text(
        "披露项与已有内容同名，不能接受。",
        "A disclosure bears a name that is taken already; it is not accepted.",
    ),
    Code.RESERVED_NAME: Text(
        "使用了保留名称，不能接受。", "A reserved name is used where it must not be; it is not accepted."
    ),
    Code.CLAIM_NOT_DISCLOSABLE: Text(
        "该内容不能选择披露，请核对证照类型的定义。",
        "This claim cannot be selectively disclosed; check the definition of the credential type.",
    ),
    Code.CLAIM_MISSING: Text(
        "缺少必需的内容，请出示完整的证照。", "A required claim is missing; show the credential with it."
    ),
    Code.EXPIRED: Text("已过有效期，请重新办理或换取新的。", "It has expired; obtain a new one."),
    Code.NOT_YET_VALID: Text(
        "尚未生效，请在生效日期之后出示，并核对时钟。",
        "It is not valid yet; show it once it is, and check the clock.",
    ),
    Code.WRONG_AUDIENCE: Text(
        "这次出示是给别的验证方的，请重新向本方出示。",
        "It was shown to another verifier; show it to this one anew.",
    ),
    Code.WRONG_NONCE: Text(
        "这次出示不属于本次请求，请重新出示。", "It does not belong to this request; show it anew."
    ),
    Code.KEY_BINDING_MISSING: Text(
        "缺少持有人签名，无法证明是本人出示，请用钱包重新出示。",
        "The holder's signature is missing, so nothing proves who shows it; show it anew from the wallet.",
    ),
    Code.KEY_BINDING_STALE: Text(
        "持有人签名不是刚刚作出的，请重新出示。",
        "The holder's signature was not made just now; show it anew.",
    ),
    Code.KEY_BINDING_MISMATCH: Text(
        "持有人签名与所出示内容不符，请重新出示。",
        "The holder's signature is not over what is shown; show it anew.",
    ),
    Code.HOLDER_KEY_MISSING: Text(
        "证照没有绑定持有人密钥，请换取绑定的证照。",
        "The credential is bound to no holder's key; obtain one that is.",
    ),
    Code.TRANSACTION_MISMATCH: Text(
        "持有人没有就所问的事项签名表示同意，请重新出示。",
        "The holder's signature does not agree to what was asked; show it anew.",
    ),
    Code.UNKNOWN_TYPE: Text(
        "证照类型未登记，不能接受。", "This type of credential is not registered; it is not accepted."
    ),
    Code.UNKNOWN_ISSUER: Text(
        "目录中没有这个发证机关或密钥，不能接受；请更新目录。",
        "The directory has no such issuer or key; it is not accepted; update the directory.",
    ),
    Code.LIST_MISMATCH: Text(
        "状态列表不是所指的那一份，请重新获取。", "The status list is not the one referred to; fetch it anew."
    ),
    Code.INDEX_OUT_OF_RANGE: Text(
        "状态列表中没有这个位置，请联系发证机关。",
        "The status list has no such position; ask the issuer.",
    ),
    Code.DECOMPRESSION_BOMB: Text(
        "解压后超过允许的大小，不能接受。", "Unpacked it is larger than allowed; it is not accepted."
    ),
    Code.UNKNOWN_PURPOSE: Text(
        "证照类型没有这种亮码用途，请核对。",
        "The credential type has no code for this purpose; check the purpose.",
    ),
    Code.CODE_TOO_LARGE: Text(
        "内容太多，放不进一个可扫描的二维码，请缩短内容。",
        "There is too much for a code that can be scanned; shorten the content.",
    ),
    Code.ALREADY_USED: Text(
        "这个码已经用过一次，请持有人重新亮码。", "This code has been used; ask the holder for a fresh one."
    ),
    Code.TOO_MANY: Text(
        "短时间内的请求太多，这一次没有处理，请等一分钟再试。",
        "Too much was asked within a minute and this was not done; wait a minute, then try again.",
    ),
}


class CredentialRefused(ValueError):
    """Something is refused: `code` says why, `where` names the part concerned, never its value."""

    def __init__(self, code: Code, where: str = "") -> None:
        self.code = code
        self.where = where
        self.text = SENTENCES[code]
        super().__init__(
            f"{code.value}: {where}: {self.text.en}" if where else f"{code.value}: {self.text.en}"
        )
