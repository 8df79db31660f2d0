"""What the operator's pages call the fields of what they show, in every language of the node.

Promises: names only; the tables and their migrations stay as they are. A test finds a field without a name.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.db.models import Field, Model
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_ANYWHERE: "Mapping[str, _StrPromise]" = {
    "account": _("登录账号"),
    "actor": _("谁"),
    "agency": _("部门"),
    "at": _("时间"),
    "case": _("办件"),
    "case_ref": _("办件编号"),
    "closed_at": _("结束时间"),
    "created": _("创建时间"),
    "created_at": _("创建时间"),
    "due_on": _("最迟办结日"),
    "enterprise": _("企业"),
    "id": _("标识"),
    "is_active": _("有效"),
    "kind": _("种类"),
    "message": _("消息"),
    "message_id": _("消息"),
    "name": _("名称"),
    "officer": _("工作人员"),
    "opened_at": _("提交时间"),
    "person": _("自然人"),
    "place": _("地方"),
    "procedure": _("办理程序"),
    "pseudonym": _("化名"),
    "service": _("事项"),
    "status": _("状态"),
    "updated_at": _("最近变动"),
    "valid_from": _("从哪天起"),
    "valid_until": _("到哪天止"),
    "version": _("版本"),
}
_OF_MODEL: "Mapping[str, Mapping[str, _StrPromise]]" = {
    "Account": {"username": _("用户名"), "is_active": _("可以登录")},
    "Officer": {
        "name": _("姓名"),
        "post_zh": _("岗位名称（中文）"),
        "post_en": _("岗位名称（英文）"),
        "is_active": _("在岗"),
    },
    "Grant": {"act": _("可以做什么"), "service": _("限于哪个事项"), "place": _("限于哪个地方")},
    "Enterprise": {"code": _("统一社会信用代码")},
    "Representative": {"person": _("法定代表人")},
    "Mandate": {
        "person": _("委托的个人"),
        "enterprise": _("委托的单位"),
        "agent": _("代办人"),
        "services": _("可以代办的事项"),
        "proof": _("凭什么"),
        "reference": _("委托书编号"),
        "given_at": _("委托时间"),
        "given_by": _("由谁委托"),
        "registered_by": _("由谁登记"),
        "ended_at": _("结束时间"),
        "ended_by": _("由谁结束"),
    },
    "Person": {"name": _("姓名"), "resident_id": _("身份证号码"), "phone": _("电话")},
    "Case": {
        "number": _("办件编号"),
        "mandate": _("委托"),
        "consulted": _("会办部门"),
        "conversation": _("与另一方的会话"),
        "awaits": _("在等谁"),
        "revision": _("第几步"),
    },
    "Event": {"revision": _("第几步"), "kind": _("发生了什么")},
    "AccessRecord": {
        "direction": _("怎样看的"),
        "agent": _("代办人"),
        "asking_node": _("询问的节点"),
        "basis": _("依据"),
        "purpose": _("用途"),
        "fields": _("看了哪些内容"),
    },
    "PublishedService": {"code": _("代码"), "sha256": _("内容摘要"), "published_at": _("发布时间")},
    "Task": {
        "due_is_provisional": _("期限是暂定的"),
        "closed_by": _("由谁办结"),
        "assignee": _("由谁承办"),
        "assigned_by": _("由谁分派"),
        "assigned_at": _("分派时间"),
    },
    "Timer": {"due_at": _("到期时间"), "fired_at": _("触发时间")},
    "Notice": {"event": _("因为什么"), "path": _("链接"), "read_at": _("阅读时间")},
    "Rating": {
        "token": _("匿名标记"),
        "grade": _("等级（1 最不满意，5 最满意）"),
        "words": _("评语"),
        "rated_on": _("评价日期"),
    },
    "Outbox": {
        "receiver": _("发往哪个节点"),
        "receiver_agency": _("发往哪个部门"),
        "evidence_type": _("材料种类"),
        "state": _("状态"),
        "expires": _("有效到"),
        "attempts": _("试过几次"),
        "next_try": _("下次何时再试"),
        "lease": _("领取标记"),
        "lease_until": _("领取到何时"),
        "problem": _("问题"),
        "settled_at": _("有结果的时间"),
    },
    "Inbox": {"sender": _("来自哪个节点"), "received_at": _("收到时间")},
    "TakenDirectory": {"taken_at": _("采用时间")},
    "LogCheckpoint": {"number": _("序号"), "size": _("条数"), "made_at": _("签名时间")},
}


def name_fields(models: Iterable[type[Model]]) -> None:
    """Give the fields of these models the names that operators read."""
    for model in models:
        for field in model._meta.get_fields():
            label = label_of(model, field.name)
            if isinstance(field, Field) and label is not None:
                field.verbose_name = label


def label_of(model: type[Model], field: str) -> "_StrPromise | None":
    """The name of a field; None where no page of the operator shows it."""
    return _OF_MODEL.get(model.__name__, {}).get(field, _ANYWHERE.get(field))
