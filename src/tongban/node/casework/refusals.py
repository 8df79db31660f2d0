"""Why casework did not do what was asked, in words for the person who asked.

Promises: a stable code, a sentence in both languages that says what to do next, and nothing changed.
"""

from collections.abc import Mapping
from typing import Literal

from tongban.services import Text

Code = Literal[
    "answers-incomplete",
    "competent-elsewhere",
    "complaint-assigned",
    "complaint-not-extendable",
    "complaint-open",
    "complaint-own-case",
    "consent-missing",
    "credential-not-valid",
    "evidence-not-covered",
    "for-enterprises-only",
    "for-persons-only",
    "inputs-unusable",
    "mandate-not-covering",
    "mandate-over",
    "not-available",
    "not-found",
    "not-permitted",
    "papers-unreadable",
    "place-divided",
    "place-not-covered",
    "proposal-unusable",
    "rated-already",
    "rating-unusable",
    "reason-missing",
    "service-unknown",
    "stale-revision",
    "task-beyond-colleague",
]

_TEXTS: dict[Code, Text] = {
    "answers-incomplete": Text(
        zh="还有问题没有回答，或者回答不能使用，请补充后再提交",
        en="Some questions are not answered yet, or an answer cannot be used; answer them, then submit",
    ),
    "competent-elsewhere": Text(
        zh="这个地方由另一方的部门办理，请到另一方的通办平台申请，您在那里也能登录",
        en="For this place an agency of the other side decides; apply on the other side's platform, "
        "where you can sign in as well",
    ),
    "complaint-assigned": Text(
        zh="这件投诉已经分派给别人。要由您答复的话，请有分派权限的同事改派给您",
        en="This complaint is somebody else's; to answer it, have a colleague who may assign give it to you",
    ),
    "complaint-not-extendable": Text(
        zh="答复期限只能延长一次，而且要在到期之前，这一次没有延长。请尽快答复",
        en="The time limit is extended once, before it has passed, and was not extended now; answer soon",
    ),
    "complaint-open": Text(
        zh="您就同一件事提过的投诉还在处理，这一次没有提交。请在“我的投诉”里看到哪天为止会有答复，答复后仍不满意可以再提",
        en="Your complaint about the same is still being looked into and nothing was filed; see under "
        "“My complaints” by when it is answered, and complain again then if you need to",
    ),
    "complaint-own-case": Text(
        zh="办理过这个办件的人不能答复关于它的投诉。请分派给没有办理过的同事",
        en="Who acted on the case does not answer the complaint about it; give it to a colleague who did not",
    ),
    "consent-missing": Text(
        zh="需要您同意向对方核对材料才能继续；不同意的话，申请不会提交",
        en="We need your consent to establish the evidence; without it nothing is submitted",
    ),
    "credential-not-valid": Text(
        zh="申请人出示的证照现在不是有效状态，不能据此通过。请联系申请人重新出示，或者写明理由不予通过",
        en="A credential shown as evidence is not valid now, so nothing can be granted on it; "
        "have it shown anew, or refuse with a reason",
    ),
    "evidence-not-covered": Text(
        zh="不能再次核对：申请人的同意已过期，或协议不再包含这项材料。请联系申请人重新提交",
        en="It cannot be asked again: the consent has expired or no agreement covers it; apply anew",
    ),
    "for-enterprises-only": Text(
        zh="这个事项由企业申请。请先到“代办”页面选择要代表的企业",
        en="Enterprises apply for this service; choose yours on the page on acting for others",
    ),
    "for-persons-only": Text(
        zh="这个事项由个人申请，不能以企业的名义办。请回到自己的名义再申请",
        en="Persons apply for this service, not enterprises; act in your own name again, then apply",
    ),
    "inputs-unusable": Text(
        zh="有些内容没有填写或不能使用，请按每一项的提示修改",
        en="Something is missing or cannot be used; correct it as each field says",
    ),
    "mandate-not-covering": Text(
        zh="这项委托不包括这个事项，没有办任何事。请委托人再委托一次，或者回到自己的名义",
        en="The mandate does not cover this service and nothing was done; "
        "have it given anew, or act in your own name",
    ),
    "mandate-over": Text(
        zh="您代办所依据的委托已经结束，没有办任何事。请委托人再委托一次",
        en="The mandate by which you act has ended and nothing was done; have it given anew",
    ),
    "not-available": Text(
        zh="办件当前的状态下不能这样操作，请刷新页面查看最新进展",
        en="This cannot be done in the case's present state; reload the page to see where it is now",
    ),
    "not-found": Text(
        zh="没有找到。请从“我的办件”或待办列表重新打开", en="Not found. Open it again from your list of cases"
    ),
    "not-permitted": Text(
        zh="您的岗位没有这项权限，请联系本部门管理员",
        en="Your post does not permit this; ask your agency's administrator",
    ),
    "papers-unreadable": Text(
        zh="本部门的档案现在读不到或者有误，信息表没有发出。请稍后再试；还是不行的，请运维人员检查部门系统的连接",
        en="Your agency's own records cannot be read now or are faulty, and the statement was not sent; try "
        "again later, and if it stays so have the operator test the connector",
    ),
    "place-divided": Text(
        zh="您选择的辖区已经分别划入几个新的辖区，请返回修改，选择其中一个",
        en="The district you chose has been divided among several; go back and choose one of them",
    ),
    "place-not-covered": Text(
        zh="这个地方现在没有办理这个事项的部门，申请没有提交，您的回答已经保存。"
        "请返回核对您选的地方，或拨打 12345 咨询",
        en="No agency decides this service for the place now; nothing was submitted and your answers are "
        "kept. Check the place that you chose, or ask at 12345",
    ),
    "proposal-unusable": Text(
        zh="这里的表没有这个问题，或者不能这样填，什么也没有填入。请选“不同意”，再告诉工作人员",
        en="The form here has no such question or does not take this answer, and nothing was filled in; "
        "decline it and tell the officer",
    ),
    "rated-already": Text(
        zh="这个办件您已经评价过了，每个办件只评价一次",
        en="You have rated this case already; each is rated once",
    ),
    "rating-unusable": Text(
        zh="请选择五个等级中的一个，文字最多 500 字",
        en="Choose one of the five grades, with at most 500 characters of text",
    ),
    "reason-missing": Text(
        zh="请写明不予通过的理由，申请人会看到这段文字", en="Give the reason; the applicant will read it"
    ),
    "service-unknown": Text(
        zh="没有这个事项，或暂未开通。请返回事项列表选择",
        en="There is no such service, or it is not open yet; choose one from the list",
    ),
    "stale-revision": Text(
        zh="您打开页面之后，办件有了新的变化，您的操作没有生效。请刷新后再决定",
        en="The case has changed since you opened the page and nothing was done; reload, then decide",
    ),
    "task-beyond-colleague": Text(
        zh="有的任务不在这位同事（或代办人）的权限之内，没有分派。请选择有这个事项权限的同事，或请管理员增加权限",
        en="Some of these tasks are beyond the rights of that colleague, or of who stands in, and none was "
        "given; choose somebody who handles the service, or have the right added",
    ),
}


class Refused(Exception):
    """Something asked of casework that it does not do; nothing was changed."""

    def __init__(self, code: Code, text: Text | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.text = text or _TEXTS[code]


class InputsRefused(Refused):
    """What an action asked for was not given as it should be; `fields` says for each input what to do."""

    def __init__(self, fields: Mapping[str, Text]) -> None:
        super().__init__("inputs-unusable")
        self.fields = fields
