"""The pension in 19 rules for OpenFisca and its fork PolicyEngine, whichever package is named.

Written for speed: enumerations are positions, tables are looked up by numpy, divisions are done in floats and
rounded, which is exact for these numbers.
"""

import importlib
import sys
import time
from importlib.metadata import version

import numpy as np
from answering import answer, seconds

core = sys.argv[1]

entities = importlib.import_module(f"{core}.entities")
periods = importlib.import_module(f"{core}.periods")
simulations = importlib.import_module(f"{core}.simulations")
systems = importlib.import_module(f"{core}.taxbenefitsystems")
variables = importlib.import_module(f"{core}.variables")

FORMER_AGE = np.array([720, 660, 600], np.int32)
STEP = np.array([4, 4, 2], np.int32)
LONGEST_DELAY = np.array([36, 36, 60], np.int32)
REFORM_START = 2025 * 12
MINIMUM_MONTHS = np.array([180] * 2030 + [186 + 6 * year for year in range(10)] + [240] * 200, np.int32)
AVERAGE_WAGE = np.array([741_250, 690_325, 812_000], np.int32)
MONTHS_BY_AGE = np.array(
    [233] * 41
    + [230, 226, 223, 220, 216, 212, 208, 204, 199]
    + [195, 190, 185, 180, 175, 170, 164, 158, 152, 145]
    + [139, 132, 125, 117, 109, 101, 93, 84, 75, 65]
    + [56] * 200,
    np.int32,
)
SUPPLEMENT = np.array([0, 40_000, 30_050, 20_000, 10_000], np.int32)
LEAST_PENSION = 65_000
MONTH = "2026-11"
OUTCOMES = [
    "delay_months",
    "retirement_month",
    "required_months",
    "shortfall_months",
    "entitled",
    "monthly_pension",
]

Person = entities.build_entity(key="person", plural="people", label="Person", is_person=True)


def half_up(quotient):
    return np.floor(quotient + 0.5)


def fact(name, kind=int):
    return type(
        name,
        (variables.Variable,),
        {"value_type": kind, "entity": Person, "definition_period": periods.MONTH, "label": name},
    )


def rule(formula, kind=int):
    return type(
        formula.__name__,
        (variables.Variable,),
        {
            "value_type": kind,
            "entity": Person,
            "definition_period": periods.MONTH,
            "label": formula.__name__,
            "formula": formula,
        },
    )


def original_age(person, period):
    former = FORMER_AGE[person("category", period)]
    return np.where(person("heavy_work", period), former - 60, former)


def months_into_reform(person, period):
    return person("birth_month", period) + person("original_age", period) - REFORM_START + 1


def delay_months(person, period):
    months = person("months_into_reform", period)
    category = person("category", period)
    delay = np.minimum(-(-months // STEP[category]), LONGEST_DELAY[category])
    return np.where(months <= 0, 0, delay)


def retirement_month(person, period):
    return person("birth_month", period) + person("original_age", period) + person("delay_months", period)


def old_enough(person, period):
    return person("apply_month", period) >= person("retirement_month", period)


def insured_months(person, period):
    return person("paid_months", period) + person("deemed_months", period)


def required_months(person, period):
    return MINIMUM_MONTHS[person("retirement_month", period) // 12]


def shortfall_months(person, period):
    return np.maximum(person("required_months", period) - person("insured_months", period), 0)


def entitled(person, period):
    return person("old_enough", period) & (person("shortfall_months", period) == 0)


def local_wage(person, period):
    return AVERAGE_WAGE[person("home", period)]


def indexed_wage(person, period):
    return half_up(person("local_wage", period) * person("wage_index", period).astype(float) / 1e6)


def basic_pension(person, period):
    wages = person("local_wage", period) + person("indexed_wage", period)
    return half_up(wages * person("insured_months", period).astype(float) / 2400)


def age_at_application(person, period):
    return (person("apply_month", period) - person("birth_month", period)) // 12


def spread_months(person, period):
    return MONTHS_BY_AGE[person("age_at_application", period)]


def account_pension(person, period):
    return half_up(person("account", period) / person("spread_months", period))


def transitional_pension(person, period):
    months = person("deemed_months", period).astype(float)
    return half_up(person("indexed_wage", period) * months * 13 / 12_000)


def supplement(person, period):
    return SUPPLEMENT[person("disability", period)]


def sum_of_parts(person, period):
    return (
        person("basic_pension", period)
        + person("account_pension", period)
        + person("transitional_pension", period)
        + person("supplement", period)
    )


def monthly_pension(person, period):
    parts = np.maximum(person("sum_of_parts", period), LEAST_PENSION)
    return np.where(person("entitled", period), parts, 0)


FACTS = {
    "birth_month": int,
    "category": int,
    "heavy_work": bool,
    "home": int,
    "apply_month": int,
    "paid_months": int,
    "deemed_months": int,
    "account": int,
    "wage_index": int,
    "disability": int,
}
RULES = {
    original_age: int,
    months_into_reform: int,
    delay_months: int,
    retirement_month: int,
    old_enough: bool,
    insured_months: int,
    required_months: int,
    shortfall_months: int,
    entitled: bool,
    local_wage: int,
    indexed_wage: int,
    basic_pension: int,
    age_at_application: int,
    spread_months: int,
    account_pension: int,
    transitional_pension: int,
    supplement: int,
    sum_of_parts: int,
    monthly_pension: int,
}


def tax_benefit_system():
    system = systems.TaxBenefitSystem([Person])
    for name, kind in FACTS.items():
        system.add_variable(fact(name, kind))
    for formula, kind in RULES.items():
        system.add_variable(rule(formula, kind))
    return system


SYSTEM = tax_benefit_system()
people = {}


def load(file):
    """Keep the people of a file."""
    people.clear()
    people.update(np.load(file))
    return len(people["birth_month"])


def build(columns, trace=False):
    count = len(columns["birth_month"])
    simulation = simulations.SimulationBuilder().build_default_simulation(SYSTEM, count)
    simulation.trace = trace
    for name, values in columns.items():
        simulation.set_input(name, MONTH, values)
    return simulation


def calculate(simulation):
    return {name: np.asarray(simulation.calculate(name, MONTH)) for name in OUTCOMES}


def run():
    """Seconds of calculation alone."""
    simulation = build(people)
    return seconds(lambda: calculate(simulation))[0]


def build_and_run():
    """Seconds of building the simulation from the arrays and calculating."""
    return seconds(lambda: calculate(build(people)))[0]


def outcomes(file):
    """Write the outcomes to a file."""
    np.savez(file, **calculate(build(people)))


def explain(times):
    """Seconds of one person traced and printed, each time."""
    one = {name: values[:1] for name, values in people.items()}

    def traced():
        simulation = build(one, trace=True)
        calculate(simulation)
        return "\n".join(simulation.tracer.computation_log.lines())

    found = []
    for _ in range(times):
        begun = time.perf_counter()
        traced()
        found.append(time.perf_counter() - begun)
    return found


answer(
    version=lambda: version(core.replace("_", "-")),
    load=load,
    run=run,
    build_and_run=build_and_run,
    outcomes=outcomes,
    explain=explain,
)
