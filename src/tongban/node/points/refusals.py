"""Why a point of service's request was not done, for its system and for who looks after it.

Promises: a stable code, the HTTP status that goes with it, a sentence in both languages; nothing was changed.
"""

from typing import Literal, NamedTuple

from tongban.services import Text

Code = Literal[
    "bill-decided",
    "bill-differs",
    "bill-number-foreign",
    "bill-unknown",
    "bill-unusable",
    "line-not-asked",
    "malformed",
    "not-offered",
    "person-differs",
    "person-unusable",
    "token-unusable",
    "too-large",
    "too-many",
    "try-later",
]


class Meaning(NamedTuple):
    """The HTTP status and the sentence of a refusal."""

    status: int
    sentence: Text


MEANINGS: dict[Code, Meaning] = {
    "bill-decided": Meaning(
        409,
        Text(
            zh="这张账单没有结算，不需要撤销；有疑问的，请联系本地经办机构",
            en="This bill was not settled, so there is nothing to cancel; ask the agency here if in doubt",
        ),
    ),
    "bill-differs": Meaning(
        409,
        Text(
            zh="这个账单号已提交过，内容不同；请核对，确需更正的先撤销，再用新的账单号提交",
            en="This number was submitted with other content; check it, or cancel that bill and submit the "
            "right one under a new number",
        ),
    ),
    "bill-number-foreign": Meaning(
        403,
        Text(
            zh="账单号不是以登记给本机构的字头开始的，没有受理；请核对账单号",
            en="The number does not begin as this point's bills do and was not taken; check the number",
        ),
    ),
    "bill-unknown": Meaning(
        404,
        Text(zh="本机构没有提交过这个账单号；请先提交", en="No bill of this number was submitted; submit it"),
    ),
    "bill-unusable": Meaning(
        422,
        Text(
            zh="账单内容不符合约定的格式，请按所指位置修改后再提交",
            en="The bill does not have the agreed form; correct it at the place named, then submit again",
        ),
    ),
    "line-not-asked": Meaning(
        409,
        Text(
            zh="参保地没有请您核对这一行，或者已经不用核对了；请重新查询账单，看 questions 里有哪些行",
            en="The home side does not ask about this line, or not any more; read the bill again and see its "
            "questions",
        ),
    ),
    "malformed": Meaning(
        400,
        Text(
            zh="请求无法读取，请按接口说明（/points/v1/openapi.json）检查格式",
            en="The request cannot be read; check it against /points/v1/openapi.json",
        ),
    ),
    "not-offered": Meaning(
        409,
        Text(
            zh="本地现在没有开通这个事项，没有受理；请联系本地经办机构",
            en="The service is not open here now and nothing was done; ask the agency here",
        ),
    ),
    "person-differs": Meaning(
        422,
        Text(
            zh="姓名与公民身份号码不是同一个人的，没有受理；请核对就诊人的证件",
            en="Name and ID number are not the same person's; check the patient's card",
        ),
    ),
    "person-unusable": Meaning(
        422,
        Text(
            zh="公民身份号码不正确，没有受理；请核对就诊人的证件",
            en="The ID number cannot be one; check the patient's card",
        ),
    ),
    "token-unusable": Meaning(
        401,
        Text(
            zh="访问令牌缺失、已过期或机构已停用；请重新取得令牌，仍不行的联系节点运维人员",
            en="The access token is missing or has expired, or the point is closed; get a new token, and ask "
            "the node's operator if that fails",
        ),
    ),
    "too-large": Meaning(
        413,
        Text(zh="账单超过接收的上限，请分成几张提交", en="The bill is too large; split it into several"),
    ),
    "too-many": Meaning(
        429,
        Text(
            zh="一分钟内提交的账单过多，没有受理；请按 Retry-After 等候后原样重发",
            en="Too many bills within a minute; wait as Retry-After says, then send the same again",
        ),
    ),
    "try-later": Meaning(
        503,
        Text(
            zh="节点暂时不能记录，没有受理；请按 Retry-After 等候后原样重发",
            en="The node cannot record anything for now and nothing was done; wait as Retry-After says, then "
            "send the same again",
        ),
    ),
}


class Refused(Exception):
    """Something asked by a point of service that is not done; `path` is where in the body the fault is."""

    def __init__(self, code: Code, path: str = "", hint: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.path = path
        self.hint = hint
