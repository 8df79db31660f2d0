"""The two sides of the sample federation: what each node is called, what its department's table looks like.

The two departments keep the same facts in different forms, as real ones do; the connectors bridge that.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from tongban.federation.sample_people import Paid, SamplePerson
from tongban.places import Text

Cell = str | int | date


@dataclass(frozen=True)
class Department:
    """A department's own table, with the connector (TOML) by which the node reads it."""

    schema: str
    create: str
    insert: str
    rows_of: Callable[[SamplePerson], tuple[tuple[Cell, ...], ...]]
    connector: str


@dataclass(frozen=True)
class Post:
    """A post at an agency of a side, and the sample officer who holds it; who `leads` may do every act."""

    agency: str
    officer: str
    name: str
    title: Text
    leads: bool = False


@dataclass(frozen=True)
class Side:
    """One jurisdiction with its node, the agency of the story and that agency's officer.

    `posts` are those of further agencies whose services the sample offers, and of who leads the story's.
    """

    node: str
    jurisdiction: str
    office_place: str
    title: Text
    case_prefix: str
    agency: str
    officer: str
    officer_name: str
    officer_post: Text
    department: Department
    posts: tuple[Post, ...]
    port_offset: int


def _chongqing_rows(person: SamplePerson) -> tuple[tuple[Cell, ...], ...]:
    def row(paid: Paid, insurance: str) -> tuple[Cell, ...]:
        first, last = (day.year * 100 + day.month for day in (paid.first, paid.last))
        return (person.resident_number, insurance, first, last, "5000", "2" if paid.is_deemed else "1")

    health = tuple(row(paid, "310") for paid in person.chongqing)
    pension = tuple(row(paid, "110") for paid in person.chongqing if not paid.is_deemed)
    return health + pension


def _chengdu_rows(person: SamplePerson) -> tuple[tuple[Cell, ...], ...]:
    return tuple(
        (person.resident_number, "职工基本医疗", paid.first, paid.last, "视同" if paid.is_deemed else "实缴")
        for paid in person.chengdu
    )


CHONGQING = Side(
    node="chongqing",
    jurisdiction="500000",
    office_place="500000",
    title=Text(zh="重庆", en="Chongqing"),
    case_prefix="CQ",
    agency="500000-yb",
    officer="officer.chongqing",
    officer_name="冉立新",
    officer_post=Text(zh="医保待遇经办员", en="Medical insurance officer"),
    department=Department(
        schema="yb_chongqing",
        create="""CREATE TABLE yb_chongqing.ac20 (
            baz001 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, aac002 varchar(18) NOT NULL,
            aae140 varchar(3) NOT NULL, aae041 integer NOT NULL, aae042 integer NOT NULL,
            aaa027 varchar(4) NOT NULL, aae100 varchar(1) NOT NULL);
            CREATE INDEX ON yb_chongqing.ac20 (aac002)""",
        insert="""INSERT INTO yb_chongqing.ac20 (aac002, aae140, aae041, aae042, aaa027, aae100)
            VALUES (%s, %s, %s, %s, %s, %s)""",
        rows_of=_chongqing_rows,
        connector="""
[[connectors]]
evidence_type = "contribution-spells"
agency = "500000-yb"
kind = "sql"
schema = "yb_chongqing"
table = "ac20"
key = "aac002"
where = { aae140 = "310" }

[connectors.fields]
place = { column = "aaa027", map = { "5000" = "500000" } }
from = { column = "aae041", convert = "month" }
to = { column = "aae042", convert = "month" }
kind = { column = "aae100", map = { "1" = "actual", "2" = "deemed" } }
""",
    ),
    posts=(
        Post(
            agency="500000-rs",
            officer="clerk.chongqing",
            name="秦晓岚",
            title=Text(zh="失业保险和 12333 经办员", en="Officer for unemployment insurance and 12333"),
        ),
        Post(
            agency="500000-yb",
            officer="lead.chongqing",
            name="向明霞",
            title=Text(zh="医保待遇科科长、节点管理员", en="Head of medical insurance, node's operator"),
            leads=True,
        ),
    ),
    port_offset=0,
)

SICHUAN = Side(
    node="sichuan",
    jurisdiction="510000",
    office_place="510100",
    title=Text(zh="四川", en="Sichuan"),
    case_prefix="SC",
    agency="510100-yb",
    officer="officer.chengdu",
    officer_name="文思齐",
    officer_post=Text(zh="医保待遇经办员", en="Medical insurance officer"),
    department=Department(
        schema="yb_chengdu",
        create="""CREATE TABLE yb_chengdu.jfjl (
            lsh bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sfzh varchar(18) NOT NULL,
            xzmc varchar(20) NOT NULL, ksrq date NOT NULL, jzrq date NOT NULL, jflb varchar(4) NOT NULL);
            CREATE INDEX ON yb_chengdu.jfjl (sfzh)""",
        insert="""INSERT INTO yb_chengdu.jfjl (sfzh, xzmc, ksrq, jzrq, jflb) VALUES (%s, %s, %s, %s, %s)""",
        rows_of=_chengdu_rows,
        connector="""
[[connectors]]
evidence_type = "contribution-spells"
agency = "510100-yb"
kind = "sql"
schema = "yb_chengdu"
table = "jfjl"
key = "sfzh"
where = { xzmc = "职工基本医疗" }

[connectors.fields]
place = { value = "510100" }
from = { column = "ksrq", convert = "month" }
to = { column = "jzrq", convert = "month" }
kind = { column = "jflb", map = { "实缴" = "actual", "视同" = "deemed" } }
""",
    ),
    posts=(
        Post(
            agency="510100-rs",
            officer="clerk.chengdu",
            name="罗锦程",
            title=Text(zh="失业保险和 12333 经办员", en="Officer for unemployment insurance and 12333"),
        ),
        Post(
            agency="510100-yb",
            officer="lead.chengdu",
            name="彭远舟",
            title=Text(zh="医保待遇科科长、节点管理员", en="Head of medical insurance, node's operator"),
            leads=True,
        ),
    ),
    port_offset=10,
)

SIDES = (CHONGQING, SICHUAN)
