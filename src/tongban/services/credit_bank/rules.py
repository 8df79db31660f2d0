"""学分银行学习成果 (learning credits): how many achievements are recorded, and how many credits they make.

Credits are added up as recorded; no public rule converts them.
"""

from tongban.law import Choice, Date, Record, because, fact, round_half_up, rule, ruleset

ruleset("credit-bank", version="1", zh="学分银行学习成果", en="Learning credits")

HUNDREDTHS = 100


class Category(Choice):
    """How something was learned (学习成果类别)."""

    DEGREE = "degree", "学历教育课程", "course of a degree"
    TRAINING = "training", "非学历培训", "training"
    INFORMAL = "informal", "无一定形式学习", "informal learning"


class Achievement(Record):
    """One achievement as a credit bank recorded it (学习成果)."""

    account: str = fact(str, zh="学分银行账号", en="account")
    title: str = fact(str, zh="名称", en="title")
    category: Category = fact(Category, zh="类别", en="category")
    institution: str = fact(str, zh="学习机构", en="institution")
    hours: int = fact(int, at_least=0, at_most=100000, zh="学时", en="hours")
    credits: float = fact(float, at_least=0.0, at_most=1000.0, zh="学分", en="credits")
    completed_on: Date = fact(Date, past=True, zh="完成日期", en="completed on")


achievements = fact(list[Achievement], at_least=1, at_most=60, zh="学习成果", en="achievements")


@rule(
    zh="成果项数",
    en="achievements",
    cites="川渝公共服务方案（2025—2027）第六项",
    outcome=True,
    scalar_only=True,
)
def count_of_achievements(achievements: list[Achievement]) -> int:
    return because(len(achievements), zh="两地共登记 {result} 项", en="{result} are recorded on both sides")


@rule(zh="累计学分（百分之一）", en="hundredths of credits", cites="按登记的数目累计", scalar_only=True)
def hundredths(achievements: list[Achievement]) -> int:
    return sum(round_half_up(one.credits * 100.0) for one in achievements)


@rule(zh="累计学分", en="credits in total", cites="川渝公共服务方案（2025—2027）第六项", outcome=True)
def total_credits(hundredths: int) -> float:
    return because(
        float(hundredths) / float(HUNDREDTHS),
        zh="按登记的数目累计，不作换算：{result} 学分",
        en="Added up as recorded, without conversion: {result} credits",
    )
