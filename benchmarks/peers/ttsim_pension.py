"""The pension in 19 rules for ttsim, with numpy or with JAX.

Written for speed: functions of whole columns, tables looked up by position, divisions done in floats and
rounded, which is exact for these numbers. Only the compiled tax function is timed, on data prepared before.
"""

import os
import sys
from importlib.metadata import version

import jax
import numpy as np
from answering import answer, seconds

os.environ["TTSIM_BEARTYPE_CLAW"] = "0"
from ttsim import TTTargets, main
from ttsim.tt import ScalarParam, TTSIMUnit, policy_function, policy_input
from ttsim.typing import BoolColumn, IntColumn

BACKEND = sys.argv[1]
jax.config.update("jax_enable_x64", True)
xnp = jax.numpy if BACKEND == "jax" else np

FORMER_AGE = xnp.array([720, 660, 600])
STEP = xnp.array([4, 4, 2])
LONGEST_DELAY = xnp.array([36, 36, 60])
REFORM_START = 2025 * 12
MINIMUM_MONTHS = xnp.array([180] * 2030 + [186 + 6 * year for year in range(10)] + [240] * 200)
AVERAGE_WAGE = xnp.array([741_250, 690_325, 812_000])
MONTHS_BY_AGE = xnp.array(
    [233] * 41
    + [230, 226, 223, 220, 216, 212, 208, 204, 199]
    + [195, 190, 185, 180, 175, 170, 164, 158, 152, 145]
    + [139, 132, 125, 117, 109, 101, 93, 84, 75, 65]
    + [56] * 200
)
SUPPLEMENT = xnp.array([0, 40_000, 30_050, 20_000, 10_000])
LEAST_PENSION = 65_000
OUTCOMES = (
    "delay_months",
    "retirement_month",
    "required_months",
    "shortfall_months",
    "entitled",
    "monthly_pension",
)
NUMBER = TTSIMUnit.DIMENSIONLESS
ENVIRONMENT = {}


def half_up(quotient):
    return xnp.floor(quotient + 0.5).astype(xnp.int64)


def fact(name, kind):
    def asked():
        return None

    asked.__name__ = name
    asked.__annotations__ = {"return": kind}
    ENVIRONMENT[name] = policy_input(unit=NUMBER)(asked)


def rule(function):
    ENVIRONMENT[function.__name__] = policy_function(
        unit=NUMBER, verify_units=False, vectorization_strategy="not_required"
    )(function)


fact("birth_month", IntColumn)
fact("category", IntColumn)
fact("heavy_work", BoolColumn)
fact("home", IntColumn)
fact("apply_month", IntColumn)
fact("paid_months", IntColumn)
fact("deemed_months", IntColumn)
fact("account", IntColumn)
fact("wage_index", IntColumn)
fact("disability", IntColumn)


@rule
def original_age(category: IntColumn, heavy_work: BoolColumn) -> IntColumn:
    former = FORMER_AGE[category]
    return xnp.where(heavy_work, former - 60, former)


@rule
def months_into_reform(birth_month: IntColumn, original_age: IntColumn) -> IntColumn:
    return birth_month + original_age - REFORM_START + 1


@rule
def delay_months(months_into_reform: IntColumn, category: IntColumn) -> IntColumn:
    delay = xnp.minimum(-(-months_into_reform // STEP[category]), LONGEST_DELAY[category])
    return xnp.where(months_into_reform <= 0, 0, delay)


@rule
def retirement_month(birth_month: IntColumn, original_age: IntColumn, delay_months: IntColumn) -> IntColumn:
    return birth_month + original_age + delay_months


@rule
def old_enough(apply_month: IntColumn, retirement_month: IntColumn) -> BoolColumn:
    return apply_month >= retirement_month


@rule
def insured_months(paid_months: IntColumn, deemed_months: IntColumn) -> IntColumn:
    return paid_months + deemed_months


@rule
def required_months(retirement_month: IntColumn) -> IntColumn:
    return MINIMUM_MONTHS[retirement_month // 12]


@rule
def shortfall_months(required_months: IntColumn, insured_months: IntColumn) -> IntColumn:
    return xnp.maximum(required_months - insured_months, 0)


@rule
def entitled(old_enough: BoolColumn, shortfall_months: IntColumn) -> BoolColumn:
    return old_enough & (shortfall_months == 0)


@rule
def local_wage(home: IntColumn) -> IntColumn:
    return AVERAGE_WAGE[home]


@rule
def indexed_wage(local_wage: IntColumn, wage_index: IntColumn) -> IntColumn:
    return half_up(local_wage * wage_index / 1e6)


@rule
def basic_pension(local_wage: IntColumn, indexed_wage: IntColumn, insured_months: IntColumn) -> IntColumn:
    return half_up((local_wage + indexed_wage) * insured_months / 2400)


@rule
def age_at_application(apply_month: IntColumn, birth_month: IntColumn) -> IntColumn:
    return (apply_month - birth_month) // 12


@rule
def spread_months(age_at_application: IntColumn) -> IntColumn:
    return MONTHS_BY_AGE[age_at_application]


@rule
def account_pension(account: IntColumn, spread_months: IntColumn) -> IntColumn:
    return half_up(account / spread_months)


@rule
def transitional_pension(indexed_wage: IntColumn, deemed_months: IntColumn) -> IntColumn:
    return half_up(indexed_wage * deemed_months * 13 / 12_000)


@rule
def supplement(disability: IntColumn) -> IntColumn:
    return SUPPLEMENT[disability]


@rule
def sum_of_parts(
    basic_pension: IntColumn,
    account_pension: IntColumn,
    transitional_pension: IntColumn,
    supplement: IntColumn,
) -> IntColumn:
    return basic_pension + account_pension + transitional_pension + supplement


@rule
def monthly_pension(entitled: BoolColumn, sum_of_parts: IntColumn) -> IntColumn:
    return xnp.where(entitled, xnp.maximum(sum_of_parts, LEAST_PENSION), 0)


for name, number in {"policy_year": 2026, "policy_month": 11, "policy_day": 22}.items():
    ENVIRONMENT[name] = ScalarParam(value=number, unit=NUMBER)
prepared = {}


def load(file):
    """Prepare the tax function and the people of a file."""
    people = dict(np.load(file))
    people = {
        name: values if values.dtype == bool else values.astype(np.int64) for name, values in people.items()
    }
    people["p_id"] = np.arange(len(people["birth_month"]))
    prepared["function"] = main(
        main_target="tt_function",
        policy_environment=ENVIRONMENT,
        processed_data={name: xnp.asarray(values) for name, values in people.items()},
        tt_targets=TTTargets(qname=dict.fromkeys(OUTCOMES)),
        policy_date_str="2026-11-22",
        backend=BACKEND,
        include_fail_nodes=False,
        include_warn_nodes=False,
    )
    del people["p_id"]
    prepared["data"] = {name: xnp.asarray(values) for name, values in people.items()}
    return len(people["birth_month"])


def calculate():
    found = prepared["function"](prepared["data"])
    if BACKEND == "jax":
        jax.block_until_ready(found)
    return found


def run():
    """Seconds of the tax function alone."""
    return seconds(calculate)[0]


def outcomes(file):
    """Write the outcomes to a file."""
    np.savez(file, **{name: np.asarray(values) for name, values in calculate().items()})


answer(version=lambda: version("ttsim-backend"), load=load, run=run, outcomes=outcomes)
