"""`tongban law`: what it prints and how it ends."""

import json
import re
import shutil
from pathlib import Path
from typing import Protocol

import pytest
from click.testing import CliRunner, Result

from tests.law.noticing import SETS
from tongban.law import Date
from tongban.law.cli import law
from tongban.law.parameters import Resolved

ROOT = str(Path(__file__).parent / "rulesets")


class Run(Protocol):
    """`tongban law` with some arguments and what stands on standard input."""

    def __call__(self, *arguments: str, given: str = "") -> Result: ...


@pytest.fixture
def run() -> Run:
    def run(*arguments: str, given: str = "") -> Result:
        return CliRunner().invoke(law, ["--rulesets", ROOT, *arguments], input=given)

    return run


@pytest.fixture
def own_run() -> Run:
    """The commands with the rule sets that come with Tongban."""

    def run(*arguments: str, given: str = "") -> Result:
        return CliRunner().invoke(law, list(arguments), input=given)

    return run


def test_list_gives_name_version_and_title(run: Run) -> None:
    assert "ruritania" in run("list").output
    assert "Pension of Ruritania" in run("list").output


def test_explain_prints_the_published_json(run: Run, clerk: dict[str, object]) -> None:
    result = run(
        "explain", "ruritania", "--facts", "-", "--on", "2026-06-30", "--json", given=json.dumps(clerk)
    )
    assert (result.exit_code, json.loads(result.stdout)["outcomes"]["pension"]) == (0, "999.00")


def test_explain_without_json_is_for_reading(run: Run, clerk: dict[str, object]) -> None:
    result = run("explain", "ruritania", "--facts", "-", "--on", "2026-06-30", given=json.dumps(clerk))
    assert "月养老金: 999.00 元" in result.stdout


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ("{", "standard input: line 1: this is not JSON; expected an object of facts"),
        ("[]", "standard input: expected an object of facts"),
        ('{"trade": "clerk", "trade": "miner"}', "standard input: trade: is given twice"),
        ('{"trade": "king"}', "standard input: birth_month: is missing"),
    ],
)
def test_unusable_facts_end_with_one_line_and_status_2(run: Run, given: str, line: str) -> None:
    result = run("explain", "ruritania", "--facts", "-", given=given)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(line)
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("command", "given", "line"),
    [
        (["table", "atlantis"], "", "RULESET：没有名为 atlantis 的规则集；现有：ruritania"),
        (["explain", "ruritania", "--facts", "-"], "{", "标准输入：第 1 行不是 JSON"),
        (["explain", "ruritania", "--facts", "-"], "{}", "标准输入：birth_month：缺少；应为月份"),
    ],
)
def test_what_is_wrong_is_told_in_chinese_when_asked_for(
    run: Run, command: list[str], given: str, line: str
) -> None:
    result = run(*command, "--lang", "zh", given=given)
    assert result.exit_code == 2
    assert result.stderr.startswith(line)


def test_a_file_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    result = run("explain", "ruritania", "--facts", str(tmp_path / "none.json"))
    assert (result.exit_code, "none.json: cannot be read" in result.stderr) == (2, True)


def test_an_unknown_rule_set_is_named_with_the_known_ones(run: Run) -> None:
    result = run("table", "atlantis")
    assert (result.exit_code, "expected one of ruritania" in result.stderr) == (2, True)


def test_table_shows_what_is_in_force_with_its_source(run: Run) -> None:
    output = run("table", "ruritania", "--on", "2025-12-31", "--lang", "en").output
    assert "180  (since 1990-01-01; Pension Act s. 2; high)" in output
    assert "trade=miner: 50" in output


def test_table_marks_what_is_not_verified(run: Run) -> None:
    shown = "240  (自 2026-01-01 起; hearsay; low（未核实）)"
    assert shown in run("table", "ruritania", "--on", "2026-01-01").output


@pytest.mark.parametrize(
    ("day", "days_to_decide", "old_grant"),
    [
        ("2025-12-31", "Office Act s. 9; replaced from 2026-07-01", "Grant Act; until 2025-12-31"),
        ("2026-06-30", "Office Act s. 9; replaced from 2026-07-01", "not in force on this date"),
        ("2026-07-01", "Office Act s. 9 (2026); since 2026-07-01", "not in force on this date"),
    ],
)
def test_table_shows_which_version_of_a_rule_is_in_force_and_since_when(
    run: Run, day: str, days_to_decide: str, old_grant: str
) -> None:
    output = run("table", "ruritania", "--on", day, "--lang", "en").output
    assert f"days to decide (days_to_decide): {days_to_decide}\n" in output
    assert f"old grant (old_grant): {old_grant}" in output


def test_table_tells_keys_sources_and_truth_in_words(own_run: Run) -> None:
    told = own_run("table", "medical-retirement", "--on", "2026-11-22", "--lang", "en").output
    assert "pooling area=Chongqing: yes  (since " in told
    assert "pooling area=Chongqing: none  (since " in told
    assert "Order of the Chengdu Municipal People's Government No. 154 (deemed months do not count)" in told
    of_hospitals = own_run("table", "chronic-disease", "--on", "2026-11-22", "--lang", "zh").output
    assert "参保地=重庆，医院级别=三级医院: 0.5" in of_hospitals.replace(", ", "，")


def test_table_tells_what_a_list_in_force_is_known_to_lack(own_run: Run) -> None:
    output = own_run("table", "transit-exemption", "--on", "2026-11-22").output
    assert re.search(r"CNHGQ, CNMHN .*low（未核实）", output)
    assert "代码未查到、因而不能填写的口岸：琶洲港澳客运码头，港珠澳大桥珠海公路口岸" in output
    assert "代码未查到" not in own_run("table", "transit-exemption", "--on", "2025-11-04").output


@pytest.mark.parametrize(("lang", "mark"), [("zh", "low（未核实）"), ("en", "low, UNVERIFIED")])
def test_every_number_that_is_not_verified_is_marked_in_every_shipped_rule_set(
    own_run: Run, lang: str, mark: str
) -> None:
    day = Date("2026-11-22")
    for name, ruleset in SETS.items():
        resolved = [Resolved(one, day.ordinal).rows.values() for one in ruleset.parameters.values()]
        unsure = [row for rows in resolved for row in rows if row.is_unverified]
        output = own_run("table", name, "--on", str(day), "--lang", lang).output
        assert (name, output.count(mark)) == (name, len(unsure))


def test_table_says_that_a_number_is_not_in_force_yet(run: Run) -> None:
    assert "no value in force" in run("table", "ruritania", "--on", "1989-12-31", "--lang", "en").output


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_number_of_every_shipped_rule_set_is_shown_with_its_date(own_run: Run, lang: str) -> None:
    since = re.compile("自 [0-9-]{10} 起" if lang == "zh" else "since [0-9-]{10}")
    for name in (line.split()[0] for line in own_run("list").output.splitlines()):
        result = own_run("table", name, "--on", "2026-11-22", "--lang", lang)
        lines = result.output.splitlines()
        rows = [line for line in lines if re.match(r"    .+  \(", line)]
        assert (result.exit_code, [row for row in rows if not since.search(row)]) == (0, [])
        assert bool(rows) == any(" · " in line for line in lines)


def test_examples_that_hold_end_with_status_0(run: Run) -> None:
    result = run("test", "ruritania")
    assert (result.exit_code, result.output) == (0, "ruritania: 2 of 2 examples hold\n")


def test_an_example_that_does_not_hold_is_shown(tmp_path: Path) -> None:
    folder = tmp_path / "ruritania"
    (folder / "examples").mkdir(parents=True)
    for name in ("rules.py", "parameters.toml"):
        (folder / name).write_text((Path(ROOT) / "ruritania" / name).read_text("utf-8"), "utf-8")
    (folder / "examples" / "wrong.toml").write_text(
        '[[table]]\nname = "w"\non = 2026-06-30\n'
        'facts = { birth_month = "1966-05", trade = "clerk", wage = 1, work = [] }\n'
        'columns = ["claim_month", "=entitled"]\nrows = [["2026-05", true], ["2026-05", false]]\n',
        "utf-8",
    )
    result = CliRunner().invoke(law, ["--rulesets", str(tmp_path), "test"])
    assert result.exit_code == 1
    line = "ruritania/examples/wrong.toml:6: w [0]: entitled"
    assert f"{line}: expected true, but is false" in result.output
    told = CliRunner().invoke(law, ["--rulesets", str(tmp_path), "test", "--lang", "zh"])
    assert f"{line}：例中为 true，算得 false" in told.output
    assert "ruritania：2 例中 1 例相符" in told.output
    assert "1 of 2 examples hold" in result.output


@pytest.mark.parametrize("command", [["list"], ["test"], ["table", "ruritania"]])
def test_a_folder_without_rule_sets_is_told(tmp_path: Path, command: list[str]) -> None:
    result = CliRunner().invoke(law, ["--rulesets", str(tmp_path), *command])
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "holds no rule set" in result.stderr


def test_a_rule_set_without_outcome_says_what_to_write(tmp_path: Path) -> None:
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "rules.py").write_text(
        'from tongban.law import ruleset\nruleset("bare", version="1", zh="空", en="Bare")\n', "utf-8"
    )
    result = CliRunner().invoke(
        law, ["--rulesets", str(tmp_path), "explain", "bare", "--facts", "-"], input="{}"
    )
    assert (result.exit_code, "Write @rule(…, outcome=True)" in result.stderr) == (2, True)


def test_explain_draws_a_picture_when_asked(run: Run, clerk: dict[str, object], tmp_path: Path) -> None:
    picture = tmp_path / "decision.svg"
    result = run("explain", "ruritania", "--facts", "-", "--svg", str(picture), given=json.dumps(clerk))
    assert (result.exit_code, picture.read_text("utf-8")[:4]) == (0, "<svg")


def test_when_says_the_month_and_the_facts_that_would_do(run: Run, clerk: dict[str, object]) -> None:
    young = {**clerk, "birth_month": "1966-07"}
    asked = ("when", "ruritania", "entitled", "--facts", "-", "--on", "2026-06-30")
    result = run(*asked, "--lang", "en", given=json.dumps(young))
    assert result.exit_code == 0
    assert "entitled: yes in 2 months" in result.stdout
    assert "month of the claim (claim_month): 2026-07" in result.stdout
    assert "month of birth (birth_month): 1966-07 -> 1966-05 (-2 months)" in result.stdout
    assert "再过 2 个月变为“是”" in run(*asked, given=json.dumps(young)).stdout


def test_when_ends_with_status_1_if_nothing_helps(run: Run, clerk: dict[str, object]) -> None:
    hopeless = {**clerk, "work": []}
    result = run(
        "when", "ruritania", "entitled", "--facts", "-", "--on", "2026-06-30", given=json.dumps(hopeless)
    )
    assert result.exit_code == 1


def test_compare_puts_two_dates_law_side_by_side(run: Run, clerk: dict[str, object]) -> None:
    result = run(
        "compare",
        "ruritania",
        "--facts",
        "-",
        "--on",
        "2026-06-30",
        "--law-of",
        "2026-07-01",
        given=json.dumps(clerk),
    )
    assert "2026-06-30 | 2026-07-01" in result.stdout
    assert "办理天数 (days_to_decide): 30 | 10" in result.stdout


def test_compare_puts_two_places_law_side_by_side(own_run: Run) -> None:
    asked = ("compare", "unemployment-benefit", "--facts", "-", "--on", "2026-11-22", "--lang", "en")
    facts = {"place": "500000", "paid_months": 168}
    result = own_run(*asked, "--place", "place=510100", given=json.dumps(facts))
    assert "place of claim (place): Chongqing | Chengdu" in result.stdout
    assert "months of benefit (benefit_months): 23 | 24" in result.stdout


def test_compare_wants_one_other_law(run: Run, clerk: dict[str, object]) -> None:
    result = run("compare", "ruritania", "--facts", "-", given=json.dumps(clerk))
    assert (result.exit_code, "--law-of DATE" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("explain", "ruritania"), "--facts"),
        (("explain", "ruritania", "--facts", "-", "--on", "soon"), "--on"),
        (("explain",), "RULESET"),
        (("table", "ruritania", "--lang", "fr"), "--lang"),
        (("decree",), "decree"),
        (("--rulesets", "nowhere", "list"), "--rulesets"),
        (("when", "ruritania", "--facts", "-"), "OUTCOME"),
    ],
)
def test_wrong_use_is_one_line_that_names_the_field(run: Run, arguments: tuple[str, ...], said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "given",
    [
        '{"children": ' + "9" * 5000 + "}",
        "[" * 100_000,
        '{"wage": NaN}',
        '{"wage": 1e999}',
        '{"trade": "\\ud800"}',
        '{"\\ud800": 1}',
        "\ufeff{}",
        "",
    ],
)
def test_strange_input_never_ends_in_a_traceback(run: Run, given: str) -> None:
    result = run("explain", "ruritania", "--facts", "-", given=given)
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("asked", [["--lang", "zh"], []])
def test_a_mistake_in_a_rule_set_is_told_in_the_language_asked_for(tmp_path: Path, asked: list[str]) -> None:
    shutil.copytree(Path(ROOT) / "ruritania", tmp_path / "ruritania")
    parameters = tmp_path / "ruritania" / "parameters.toml"
    parameters.write_text(parameters.read_text("utf-8").replace('"high"', '"sure"', 1), "utf-8")
    spoken = {"LC_ALL": "C" if asked else "zh_CN.UTF-8"}
    result = CliRunner().invoke(law, ["--rulesets", str(tmp_path), "test", *asked], env=spoken)
    assert (result.exit_code, result.stdout) == (2, "")
    assert re.fullmatch(
        r'ruritania/parameters\.toml:\d+: `confidence = "sure"`：\w+\.values\[0\]\.confidence：'
        r"没有这种可信程度。请写 high、medium 或 low\n",
        result.stderr,
    )
