"""老年人能力评估 (ability of older people) under GB/T 42195-2022: 26 items, 90 points, five levels.

The total gives a level; a diagnosis or repeated care risk events raise it by one; coma decides at once.
"""

from tongban.law import Table, because, fact, rule, ruleset

ruleset("elderly-ability", version="1", zh="老年人能力评估", en="Ability assessment of older people")

eating = fact(int, at_least=0, at_most=4, zh="进食", en="eating")
grooming = fact(int, at_least=0, at_most=4, zh="修饰", en="grooming")
bathing = fact(int, at_least=0, at_most=4, zh="洗澡", en="bathing")
upper_dressing = fact(int, at_least=0, at_most=4, zh="穿/脱上衣", en="upper garments")
lower_dressing = fact(int, at_least=0, at_most=4, zh="穿/脱裤子和鞋袜", en="trousers, shoes and socks")
bladder_control = fact(int, at_least=0, at_most=4, zh="小便控制", en="bladder control")
bowel_control = fact(int, at_least=0, at_most=4, zh="大便控制", en="bowel control")
toileting = fact(int, at_least=0, at_most=4, zh="如厕", en="using the toilet")

bed_mobility = fact(int, at_least=0, at_most=4, zh="床上体位转移", en="changing position in bed")
bed_chair_transfer = fact(int, at_least=0, at_most=4, zh="床椅转移", en="between bed and chair")
walking = fact(int, at_least=0, at_most=4, zh="平地行走", en="walking on level ground")
stairs = fact(int, at_least=0, at_most=3, zh="上下楼梯", en="climbing stairs")

time_orientation = fact(int, at_least=0, at_most=4, zh="时间定向", en="orientation in time")
space_orientation = fact(int, at_least=0, at_most=4, zh="空间定向", en="orientation in space")
person_orientation = fact(int, at_least=0, at_most=4, zh="人物定向", en="orientation to persons")
memory = fact(int, at_least=0, at_most=4, zh="记忆", en="memory")
comprehension = fact(int, at_least=0, at_most=4, zh="理解能力", en="understanding")
expression = fact(int, at_least=0, at_most=4, zh="表达能力", en="expression")
aggression = fact(int, at_least=0, at_most=1, zh="攻击行为", en="aggressive behaviour")
depression = fact(int, at_least=0, at_most=1, zh="抑郁症状", en="symptoms of depression")
consciousness = fact(int, at_least=0, at_most=2, zh="意识水平", en="level of consciousness")

vision = fact(int, at_least=0, at_most=2, zh="视力", en="sight")
hearing = fact(int, at_least=0, at_most=2, zh="听力", en="hearing")
daily_affairs = fact(int, at_least=0, at_most=4, zh="执行日常事务", en="handling daily affairs")
transport = fact(int, at_least=0, at_most=3, zh="使用交通工具外出", en="going out by transport")
social_interaction = fact(int, at_least=0, at_most=4, zh="社会交往能力", en="dealing with other people")

f00_f03 = fact(bool, default=False, zh="确诊痴呆（F00～F03）", en="dementia diagnosed (F00–F03)")
f04_f99 = fact(
    bool,
    default=False,
    zh="精神科专科医生诊断的其他精神和行为障碍（F04～F99）",
    en="other mental disorder diagnosed by a psychiatrist (F04–F99)",
)
care_risk_events_30d = fact(
    int,
    default=0,
    at_least=0,
    at_most=1000,
    zh="近 30 天照护风险事件次数（跌倒、噎食、自杀、自伤、走失等）",
    en="care risk events in the last 30 days",
)
coma = fact(bool, default=False, zh="处于昏迷状态", en="in a coma")


@rule(zh="自理能力得分", en="points for self-care", cites="GB/T 42195-2022 表 B.1")
def self_care_points(
    eating: int,
    grooming: int,
    bathing: int,
    upper_dressing: int,
    lower_dressing: int,
    bladder_control: int,
    bowel_control: int,
    toileting: int,
) -> int:
    return because(
        eating
        + grooming
        + bathing
        + upper_dressing
        + lower_dressing
        + bladder_control
        + bowel_control
        + toileting,
        zh="自理能力得 {result} 分（满分 32 分）",
        en="{result} points for self-care (of 32)",
    )


@rule(zh="基础运动能力得分", en="points for basic mobility", cites="GB/T 42195-2022 表 B.2")
def mobility_points(bed_mobility: int, bed_chair_transfer: int, walking: int, stairs: int) -> int:
    return because(
        bed_mobility + bed_chair_transfer + walking + stairs,
        zh="基础运动能力得 {result} 分（满分 15 分）",
        en="{result} points for basic mobility (of 15)",
    )


@rule(zh="精神状态得分", en="points for mental state", cites="GB/T 42195-2022 表 B.3")
def mental_state_points(
    time_orientation: int,
    space_orientation: int,
    person_orientation: int,
    memory: int,
    comprehension: int,
    expression: int,
    aggression: int,
    depression: int,
    consciousness: int,
) -> int:
    return because(
        time_orientation
        + space_orientation
        + person_orientation
        + memory
        + comprehension
        + expression
        + aggression
        + depression
        + consciousness,
        zh="精神状态得 {result} 分（满分 28 分）",
        en="{result} points for mental state (of 28)",
    )


@rule(
    zh="感知觉与社会参与得分",
    en="points for perception and social participation",
    cites="GB/T 42195-2022 表 B.4",
)
def participation_points(
    vision: int, hearing: int, daily_affairs: int, transport: int, social_interaction: int
) -> int:
    return because(
        vision + hearing + daily_affairs + transport + social_interaction,
        zh="感知觉与社会参与得 {result} 分（满分 15 分）",
        en="{result} points for perception and social participation (of 15)",
    )


@rule(zh="总分", en="total", cites="GB/T 42195-2022", outcome=True)
def total(
    self_care_points: int, mobility_points: int, mental_state_points: int, participation_points: int
) -> int:
    return because(
        self_care_points + mobility_points + mental_state_points + participation_points,
        zh="自理 {self_care_points} + 运动 {mobility_points} + 精神 {mental_state_points}"
        " + 感知与参与 {participation_points} = {result} 分",
        en="Self-care {self_care_points} + mobility {mobility_points} + mental state {mental_state_points}"
        " + participation {participation_points} = {result}",
    )


@rule(zh="按总分的等级", en="level by the total", cites="GB/T 42195-2022 能力等级划分")
def level_by_points(total: int, level_from_points: Table[int, int]) -> int:
    return because(
        level_from_points[total],
        zh="总分 {total} 分，初步等级 {result} 级",
        en="A total of {total} points gives level {result}",
    )


@rule(zh="提高的级数", en="levels raised", cites="GB/T 42195-2022 表 C.4")
def levels_raised(
    f00_f03: bool,
    f04_f99: bool,
    care_risk_events_30d: int,
    risk_events_for_raise: int,
    raise_levels_at_most: int,
) -> int:
    diagnosed = 1 if f00_f03 or f04_f99 else 0
    at_risk = 1 if care_risk_events_30d >= risk_events_for_raise else 0
    raised = min(diagnosed + at_risk, raise_levels_at_most)
    if raised == 0:
        return because(
            raised,
            zh="没有确诊的痴呆或精神障碍，近 30 天照护风险事件 {care_risk_events_30d} 次，"
            "不足 {risk_events_for_raise} 次，不提高",
            en="No diagnosis, and {care_risk_events_30d} care risk events (fewer than"
            " {risk_events_for_raise}): not raised",
        )
    return because(
        raised,
        zh="有确诊的痴呆或精神障碍，或近 30 天照护风险事件达到 {risk_events_for_raise} 次，提高 {result} 级",
        en="A diagnosis, or {risk_events_for_raise} or more care risk events in 30 days: raised by {result}",
    )


@rule(zh="能力等级", en="level", cites="GB/T 42195-2022 表 C.4", outcome=True)
def level(coma: bool, level_by_points: int, levels_raised: int, worst_level: int) -> int:
    if coma:
        return because(
            worst_level,
            zh="处于昏迷状态，直接评定为 {worst_level} 级；清醒后重新评估",
            en="In a coma: level {worst_level} at once; assessed again when awake",
        )
    return because(
        min(level_by_points + levels_raised, worst_level),
        zh="初步等级 {level_by_points} 级，提高 {levels_raised} 级，最高 {worst_level} 级：{result} 级",
        en="Level {level_by_points}, raised by {levels_raised}, {worst_level} at most: {result}",
    )


@rule(zh="能力等级名称", en="name of the level", cites="GB/T 42195-2022 能力等级划分", outcome=True)
def level_name(level: int, names: Table[int, str]) -> str:
    return because(names[level], zh="{level} 级：{result}", en="Level {level}: {result}")
