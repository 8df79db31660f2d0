"""Why a message is refused: a stable code, a sentence in Chinese and English, whether to try again.

A refusal names what is wrong and where; it never repeats personal data.
"""

from dataclasses import dataclass
from enum import StrEnum

from tongban.protocol.model import Text


class Code(StrEnum):
    """The stable codes of all refusals; other implementers rely on them."""

    BAD_SIGNATURE = "bad-signature"
    BAD_DIGEST = "bad-digest"
    UNKNOWN_KEY = "unknown-key"
    UNKNOWN_SENDER = "unknown-sender"
    WRONG_RECEIVER = "wrong-receiver"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    REPLAYED = "replayed"
    ID_REUSED = "id-reused"
    TOO_LARGE = "too-large"
    TOO_MANY = "too-many"
    MALFORMED = "malformed"
    UNKNOWN_VERSION = "unknown-version"
    UNKNOWN_KIND = "unknown-kind"
    UNKNOWN_CRITICAL = "unknown-critical"
    SCHEMA_VIOLATED = "schema-violated"
    NOT_COVERED = "not-covered"
    CONSENT_MISSING = "consent-missing"
    CONSENT_EXPIRED = "consent-expired"
    CONSENT_MISMATCH = "consent-mismatch"
    DEPARTMENT_DATA_INVALID = "department-data-invalid"
    NOT_NOW = "not-now"
    DIRECTORY_FORGED = "directory-forged"
    DIRECTORY_OLDER = "directory-older"
    DIRECTORY_UNUSABLE = "directory-unusable"
    TRY_LATER = "try-later"
    LOG_UNAVAILABLE = "log-unavailable"
    PEER_UNTRUSTED = "peer-untrusted"
    CERTIFICATE_REFUSED = "certificate-refused"


@dataclass(frozen=True)
class Meaning:
    """What a code stands for: HTTP status, whether the same message may be sent again, a sentence."""

    status: int
    retry: bool
    sentence: Text


def _final(status: int, zh: str, en: str) -> Meaning:
    return Meaning(status, retry=False, sentence=Text(zh=zh, en=en))


def _again(status: int, zh: str, en: str) -> Meaning:
    return Meaning(status, retry=True, sentence=Text(zh=zh, en=en))


MEANINGS: dict[Code, Meaning] = {
    Code.BAD_SIGNATURE: _final(
        401,
        "签名与内容不符，请发送方检查签名密钥和签名覆盖的内容。",
        "The signature does not fit the message; the sender should check its key and what it signs.",
    ),
    Code.BAD_DIGEST: _again(
        400,
        "内容摘要与正文不符，正文可能在途中被改动，请重新发送。",
        "The content digest does not fit the body, which may have been changed on the way; send it anew.",
    ),
    Code.UNKNOWN_KEY: _again(
        401,
        "目录中没有这把密钥，或者它此刻无效，请更新目录或改用有效密钥。",
        "The directory has no such key, or it is not valid now; update the directory or use a valid key.",
    ),
    Code.UNKNOWN_SENDER: _final(
        403,
        "目录中没有这个发送方，请先加入联合目录。",
        "The directory has no such sender; it has to join the federation's directory first.",
    ),
    Code.WRONG_RECEIVER: _final(
        421,
        "这条消息不是发给本节点的，请按目录中的地址发送。",
        "The message is not addressed to this node; send it to the address in the directory.",
    ),
    Code.EXPIRED: _final(
        400,
        "消息或签名已过有效期，请重新签名或重新提出。",
        "The message or its signature has expired; sign it or ask anew.",
    ),
    Code.NOT_YET_VALID: _again(
        400,
        "消息的时间在未来，请双方核对时钟后再发。",
        "The message is dated in the future; both sides should check their clocks, then send again.",
    ),
    Code.REPLAYED: _again(
        409,
        "这次投递已经收到过，请用新的随机数重新投递。",
        "This very delivery has been received before; deliver again with a fresh nonce.",
    ),
    Code.ID_REUSED: _final(
        409,
        "同一消息编号已用于其他内容，请换用新的编号。",
        "The message id was already used for other content; use a new id.",
    ),
    Code.TOO_LARGE: _final(
        413,
        "正文超过本节点接收的上限，请缩小后再发。",
        "The body is larger than this node takes; send a smaller one.",
    ),
    Code.TOO_MANY: _again(
        429,
        "发送方在短时间内发来的消息超过上限，请按 Retry-After 等候后重发，消息不会丢失。",
        "The sender has sent more messages than this node takes at a time; "
        "it should wait as Retry-After says and deliver again, nothing is lost.",
    ),
    Code.MALFORMED: _final(
        400,
        "消息无法读取，请按协议文档检查格式。",
        "The message cannot be read; check its form against the protocol's documentation.",
    ),
    Code.UNKNOWN_VERSION: _final(
        400,
        "本节点不支持这个协议版本，请改用所列版本。",
        "This node does not speak that version of the protocol; use one that it names.",
    ),
    Code.UNKNOWN_KIND: _final(
        400,
        "本节点不认识这类消息，请核对消息类别。",
        "This node does not know that kind of message; check the kind.",
    ),
    Code.UNKNOWN_CRITICAL: _final(
        400,
        "消息要求理解本节点不认识的扩展，请去掉该扩展或不要将其标为必须理解。",
        "The message demands an extension that this node does not know; leave it out or do not demand it.",
    ),
    Code.SCHEMA_VIOLATED: _final(
        422,
        "内容不符合约定的结构，请按所指位置修正。",
        "The content does not have the agreed form; correct it at the place named.",
    ),
    Code.NOT_COVERED: _final(
        403,
        "协议目录未允许这项询问，请核对协议所列的事项、材料、字段和依据。",
        "No agreement covers this question; check the service, evidence, fields and basis it lists.",
    ),
    Code.CONSENT_MISSING: _final(
        403,
        "缺少申请人的同意，请先取得同意再询问。",
        "The person's consent is missing; obtain it before asking.",
    ),
    Code.CONSENT_EXPIRED: _final(
        403,
        "申请人的同意已过期，请重新取得同意。",
        "The person's consent has expired; obtain it again.",
    ),
    Code.CONSENT_MISMATCH: _final(
        403,
        "申请人的同意与这次询问不一致，请按实际询问内容重新取得同意。",
        "The person consented to something else; obtain consent to this very question.",
    ),
    Code.DEPARTMENT_DATA_INVALID: _final(
        422,
        "持有部门的数据有误，已请经办人员核对，申请不会丢失。",
        "The holding agency's data are faulty; an officer has to check them, the application is kept.",
    ),
    Code.NOT_NOW: _final(
        409,
        "按往来的现状，这一步已不能或还不能进行，请查看最新情况。",
        "As things stand between the two sides this step is not possible; look at how they stand now.",
    ),
    Code.DIRECTORY_FORGED: _final(
        403,
        "目录没有有权签发者的有效签名，未予采用，请向联合体运营方索取目录。",
        "Nobody who may sign the directory has signed this one; get it from the federation's operator.",
    ),
    Code.DIRECTORY_OLDER: _final(
        409,
        "本节点的目录更新，这份目录未予采用，请先更新您的目录。",
        "This node goes by a newer directory and has not taken this one; update yours first.",
    ),
    Code.DIRECTORY_UNUSABLE: _final(
        422,
        "目录没有列出本节点此刻有效的密钥，未予采用，请由联合体运营方补上。",
        "The directory lists no valid key of this node, which has not taken it; have the operator list one.",
    ),
    Code.TRY_LATER: _again(
        503,
        "对方暂时无法答复，系统会自动重试，无需重新申请。",
        "The other side cannot answer for now; the question is asked again by itself, nothing need be done.",
    ),
    Code.LOG_UNAVAILABLE: _again(
        503,
        "对方的访问日志暂时不能写入，没有记录就不提供数据；系统会自动重试，无需重新申请。",
        "The other side's access log cannot be written, and it gives nothing without a record; "
        "the question is asked again by itself, nothing need be done.",
    ),
    Code.PEER_UNTRUSTED: _again(
        502,
        "对方节点出示的证书不在目录中或已过期，消息没有发出，请双方运维人员核对证书和目录。",
        "The other node's certificate is not the directory's or has expired, so nothing was sent; "
        "the operators of both nodes should check certificate and directory.",
    ),
    Code.CERTIFICATE_REFUSED: _again(
        502,
        "对方节点不接受本节点的证书，请运维人员核对证书有效期，并请对方更新目录。",
        "The other node does not accept this node's certificate; its operator should check that it has not "
        "expired and that the other side has the newest directory.",
    ),
}


class Refused(Exception):
    """A message was refused.

    `code` says why, `path` where in the message (field names and positions only), `hint` what was
    expected there; both are free of personal data, so the text may be logged.
    """

    def __init__(self, code: Code, path: str = "", hint: str = "") -> None:
        self.code = code
        self.path = path
        self.hint = hint
        super().__init__(code, path, hint)

    @property
    def meaning(self) -> Meaning:
        """Status, retry and sentence of the code."""
        return MEANINGS[self.code]

    @property
    def sentence(self) -> Text:
        """What a person is told."""
        return self.meaning.sentence

    @property
    def retry(self) -> bool:
        """Whether the same message may be sent again later."""
        return self.meaning.retry

    def __str__(self) -> str:
        where = f" at {self.path}" if self.path else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.code.value}{where}{hint}"
