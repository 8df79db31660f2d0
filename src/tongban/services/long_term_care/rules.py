"""长期护理失能等级评估 (need of long-term care) under the national trial standard: 17 items, three parts.

Each part's sum gives a level; the level of daily living and the worse of the two others give the grade
0–5.
"""

from tongban.law import Choice, Table, because, fact, rule, ruleset

ruleset(
    "long-term-care", version="1", zh="长期护理失能等级评估", en="Assessment for long-term care insurance"
)


class Level(Choice):
    """How far one part of a person's ability is kept (一级指标等级)."""

    INTACT = "intact", "完好", "intact"
    MILD = "mild", "轻度受损", "mildly impaired"
    MODERATE = "moderate", "中度受损", "moderately impaired"
    SEVERE = "severe", "重度受损", "severely impaired"


eating = fact(int, one_of=(0, 5, 10), zh="进食", en="eating")
dressing = fact(int, one_of=(0, 5, 10), zh="穿衣", en="dressing")
face_and_mouth_care = fact(int, one_of=(0, 5), zh="面部与口腔清洁", en="washing the face, cleaning the mouth")
bowel_control = fact(int, one_of=(0, 5, 10), zh="大便控制", en="bowel control")
bladder_control = fact(int, one_of=(0, 5, 10), zh="小便控制", en="bladder control")
toileting = fact(int, one_of=(0, 5, 10), zh="用厕", en="using the toilet")
walking = fact(int, one_of=(0, 5, 10, 15), zh="平地行走", en="walking on level ground")
bed_chair_transfer = fact(int, one_of=(0, 5, 10, 15), zh="床椅转移", en="between bed and chair")
stairs = fact(int, one_of=(0, 5, 10), zh="上下楼", en="climbing stairs")
bathing = fact(int, one_of=(0, 5), zh="洗澡", en="bathing")

time_orientation = fact(int, at_least=0, at_most=4, zh="时间定向", en="orientation in time")
person_orientation = fact(int, at_least=0, at_most=4, zh="人物定向", en="orientation to persons")
space_orientation = fact(int, at_least=0, at_most=4, zh="空间定向", en="orientation in space")
memory = fact(int, at_least=0, at_most=4, zh="记忆力", en="memory")

vision = fact(int, at_least=0, at_most=4, zh="视力", en="sight")
hearing = fact(int, at_least=0, at_most=4, zh="听力", en="hearing")
communication = fact(int, at_least=0, at_most=4, zh="沟通能力", en="communication")


@rule(zh="日常生活活动能力得分", en="points for daily living", cites="医保办发〔2021〕37号", outcome=True)
def adl_score(
    eating: int,
    dressing: int,
    face_and_mouth_care: int,
    bowel_control: int,
    bladder_control: int,
    toileting: int,
    walking: int,
    bed_chair_transfer: int,
    stairs: int,
    bathing: int,
) -> int:
    return because(
        eating
        + dressing
        + face_and_mouth_care
        + bowel_control
        + bladder_control
        + toileting
        + walking
        + bed_chair_transfer
        + stairs
        + bathing,
        zh="日常生活活动能力得 {result} 分（满分 100 分）",
        en="{result} points for daily living (of 100)",
    )


@rule(zh="认知能力得分", en="points for cognition", cites="医保办发〔2021〕37号", outcome=True)
def cognition_score(
    time_orientation: int, person_orientation: int, space_orientation: int, memory: int
) -> int:
    return because(
        time_orientation + person_orientation + space_orientation + memory,
        zh="认知能力得 {result} 分（满分 16 分）",
        en="{result} points for cognition (of 16)",
    )


@rule(
    zh="感知觉与沟通能力得分",
    en="points for perception and communication",
    cites="医保办发〔2021〕37号",
    outcome=True,
)
def perception_score(vision: int, hearing: int, communication: int) -> int:
    return because(
        vision + hearing + communication,
        zh="感知觉与沟通能力得 {result} 分（满分 12 分）",
        en="{result} points for perception and communication (of 12)",
    )


@rule(zh="日常生活活动能力等级", en="level of daily living", cites="医保办发〔2021〕37号", outcome=True)
def adl_level(adl_score: int, adl_level_from_points: Table[int, Level]) -> Level:
    return because(
        adl_level_from_points[adl_score],
        zh="日常生活活动能力 {adl_score} 分：{result}",
        en="{adl_score} points for daily living: {result}",
    )


@rule(zh="认知能力等级", en="level of cognition", cites="医保办发〔2021〕37号", outcome=True)
def cognition_level(cognition_score: int, cognition_level_from_points: Table[int, Level]) -> Level:
    return because(
        cognition_level_from_points[cognition_score],
        zh="认知能力 {cognition_score} 分：{result}",
        en="{cognition_score} points for cognition: {result}",
    )


@rule(
    zh="感知觉与沟通能力等级",
    en="level of perception and communication",
    cites="医保办发〔2021〕37号",
    outcome=True,
)
def perception_level(perception_score: int, perception_level_from_points: Table[int, Level]) -> Level:
    return because(
        perception_level_from_points[perception_score],
        zh="感知觉与沟通能力 {perception_score} 分：{result}",
        en="{perception_score} points for perception and communication: {result}",
    )


@rule(zh="认知与感知沟通中较重的等级", en="worse of the two other levels", cites="医保办发〔2021〕37号")
def worse_level(cognition_level: Level, perception_level: Level, severity: Table[Level, int]) -> Level:
    if severity[cognition_level] >= severity[perception_level]:
        return because(
            cognition_level,
            zh="认知{cognition_level}、感知与沟通{perception_level}，取较重的{result}",
            en="Cognition {cognition_level}, perception {perception_level}: the worse is {result}",
        )
    return because(
        perception_level,
        zh="认知{cognition_level}、感知与沟通{perception_level}，取较重的{result}",
        en="Cognition {cognition_level}, perception {perception_level}: the worse is {result}",
    )


@rule(zh="长期护理失能等级", en="grade", cites="医保办发〔2021〕37号", outcome=True)
def grade(adl_level: Level, worse_level: Level, grades: Table[tuple[Level, Level], int]) -> int:
    return because(
        grades[adl_level, worse_level],
        zh="日常生活活动能力{adl_level}，其余两项较重的为{worse_level}：{result} 级",
        en="Daily living {adl_level}, the worse of the others {worse_level}: grade {result}",
    )


@rule(zh="失能等级名称", en="name of the grade", cites="医保办发〔2021〕37号", outcome=True)
def grade_name(grade: int, names: Table[int, str]) -> str:
    return because(names[grade], zh="{grade} 级：{result}", en="Grade {grade}: {result}")
