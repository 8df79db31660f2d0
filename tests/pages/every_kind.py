"""A service whose form asks a question of every kind, made from the shipped one."""

from pathlib import Path

QUESTIONS = """
[[questions]]
key = "ways"
type = "choices"
label = { zh = "希望怎样通知您？", en = "How should we tell you?" }
choices = [
  { value = "letter", label = { zh = "信件", en = "Letter" } },
  { value = "sms", label = { zh = "短信", en = "Text message" } },
]

[[questions]]
key = "born"
type = "date"
label = { zh = "孩子哪一天出生？", en = "When was the child born?" }
help = { zh = "见出生医学证明", en = "See the birth certificate" }

[[questions]]
key = "since"
type = "month"
label = { zh = "从哪个月开始？", en = "Since which month?" }

[[questions]]
key = "people"
type = "number"
least = 1
most = 9
label = { zh = "家里有几口人？", en = "How many people live in your home?" }

[[questions]]
key = "home"
type = "place"
label = { zh = "您住在哪里？", en = "Where do you live?" }

[[questions]]
key = "spouse"
type = "id-number"
label = { zh = "配偶的居民身份证号码是多少？", en = "What is your spouse's resident ID number?" }

[[questions]]
key = "employer"
type = "credit-code"
label = { zh = "单位的统一社会信用代码是多少？", en = "What is your employer's unified social credit code?" }

[[questions]]
key = "story"
type = "long-text"
optional = true
label = { zh = "还有什么要说明的？", en = "Anything else to explain?" }

[[questions]]
key = "card"
type = "file"
accepts = ["pdf", "jpeg", "png"]
label = { zh = "请上传社会保障卡的照片", en = "Upload a picture of your social security card" }

[[questions]]
key = "jobs"
type = "group"
most = 2
label = { zh = "您在哪些单位工作过？", en = "Where have you worked?" }

[[questions.questions]]
key = "employer"
type = "text"
label = { zh = "单位名称", en = "Employer" }

[[questions.questions]]
key = "from"
type = "month"
label = { zh = "起", en = "From" }

[[questions.questions]]
key = "ended"
type = "yes-no"
label = { zh = "已经离开了吗？", en = "Have you left?" }

[[questions.questions]]
key = "to"
type = "month"
label = { zh = "止", en = "To" }
when = { given = "ended", among = [true] }
"""
CODE = "every-kind"


def add_every_kind(root: Path) -> None:
    """Add the folder of the service beside the shipped ones."""
    shipped, folder = root / "medical_retirement", root / "every_kind"
    folder.mkdir()
    definition = (shipped / "service.toml").read_text(encoding="utf-8")
    (folder / "service.toml").write_text(
        definition.replace('code = "medical-retirement"', f'code = "{CODE}"', 1), encoding="utf-8"
    )
    form = (shipped / "form.toml").read_text(encoding="utf-8")
    (folder / "form.toml").write_text(form + QUESTIONS, encoding="utf-8")
