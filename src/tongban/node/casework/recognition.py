"""The procedure of kind recognition (互认): the other side's facts count here.

Evidence is gathered from both sides, the law proposes, an officer decides.
"""

from typing import Final

from tongban.node.casework.procedure import Action, Happening, Procedure, State
from tongban.services import Text

GATHERING: Final = "gathering"
HELD: Final = "held"
DECIDING: Final = "deciding"
WITHDRAWN: Final = "withdrawn"

_DECIDED = frozenset({"granted", "refused", "elsewhere"})
_OPEN = frozenset({GATHERING, HELD, DECIDING})

_STATES = (
    State(
        GATHERING,
        Text(zh="正在核对材料", en="Establishing the evidence"),
        Text(
            zh="等待两地部门提供缴费等材料，您不用做什么",
            en="Waiting for both sides' agencies; you need not do anything",
        ),
    ),
    State(
        HELD,
        Text(zh="材料有疑问，工作人员正在处理", en="An officer is looking into the evidence"),
        Text(
            zh="等待工作人员处理材料中的疑问，需要您配合时会联系您",
            en="Waiting for an officer, who will contact you if needed",
        ),
        "resolve-evidence",
    ),
    State(
        DECIDING,
        Text(zh="已按规则计算，等待工作人员确认", en="Worked out by the rules; an officer is to confirm"),
        Text(zh="等待工作人员确认决定", en="Waiting for an officer to confirm the decision"),
        "decide",
    ),
    State("granted", Text(zh="已办结：符合条件", en="Decided: granted")),
    State("refused", Text(zh="已办结：不符合条件", en="Decided: refused")),
    State("elsewhere", Text(zh="已办结：请到另一地办理", en="Decided: please apply on the other side")),
    State(WITHDRAWN, Text(zh="已撤回", en="Withdrawn")),
)

_HAPPENINGS = (
    Happening(
        "opened",
        frozenset({"citizen"}),
        frozenset(),
        frozenset({GATHERING, HELD}),
        Text(zh="您提交了申请", en="You submitted your application"),
    ),
    Happening(
        "evidence-received",
        frozenset({"node"}),
        frozenset({GATHERING}),
        frozenset({GATHERING, HELD}),
        Text(zh="{agency}提供了：{evidence}", en="{agency} provided: {evidence}"),
    ),
    Happening(
        "evidence-refused",
        frozenset({"node"}),
        frozenset({GATHERING}),
        frozenset({GATHERING, HELD}),
        Text(
            zh="{agency}没有提供：{evidence}。原因：{reason}",
            en="{agency} did not provide: {evidence}. Reason: {reason}",
        ),
        notifies=True,
    ),
    Happening(
        "evidence-asked-again",
        frozenset({"officer"}),
        frozenset({HELD}),
        frozenset({GATHERING}),
        Text(
            zh="工作人员再次向{agency}核对：{evidence}", en="An officer asked {agency} again for: {evidence}"
        ),
    ),
    Happening(
        "proposed",
        frozenset({"node"}),
        frozenset({GATHERING}),
        frozenset({DECIDING}),
        Text(zh="已按规则算出结果，转工作人员确认", en="Worked out by the rules and passed to an officer"),
        notifies=True,
    ),
    Happening(
        "calculation-failed",
        frozenset({"node"}),
        frozenset({GATHERING}),
        frozenset({HELD}),
        Text(
            zh="材料不能按规则计算，转工作人员处理。原因：{reason}",
            en="The rules cannot use the evidence; passed to an officer. Reason: {reason}",
        ),
        notifies=True,
    ),
    Happening(
        "decided",
        frozenset({"officer"}),
        frozenset({DECIDING, HELD}),
        _DECIDED,
        Text(zh="{title}", en="{title}"),
        notifies=True,
    ),
    Happening(
        "overdue",
        frozenset({"node"}),
        frozenset({DECIDING, HELD}),
        frozenset({DECIDING, HELD}),
        Text(
            zh="办理已超过时限，已提醒承办部门", en="The time limit has passed; the agency has been reminded"
        ),
        notifies=True,
    ),
    Happening(
        "withdrawn",
        frozenset({"citizen"}),
        _OPEN,
        frozenset({WITHDRAWN}),
        Text(zh="您撤回了申请", en="You withdrew the application"),
    ),
)

_ACTIONS = (
    Action("confirm", Text(zh="确认决定", en="Confirm"), "officer", "decided", frozenset({DECIDING})),
    Action(
        "refuse",
        Text(zh="不予通过", en="Refuse"),
        "officer",
        "decided",
        frozenset({DECIDING, HELD}),
        asks_reason=True,
    ),
    Action(
        "ask-again",
        Text(zh="再次核对材料", en="Ask for the evidence again"),
        "officer",
        "evidence-asked-again",
        frozenset({HELD}),
    ),
    Action("withdraw", Text(zh="撤回申请", en="Withdraw"), "citizen", "withdrawn", _OPEN),
)

RECOGNITION: Final = Procedure(
    kind="recognition",
    initial=GATHERING,
    states={state.code: state for state in _STATES},
    happenings={happening.kind: happening for happening in _HAPPENINGS},
    actions={action.code: action for action in _ACTIONS},
)
