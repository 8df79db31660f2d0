"""Months insured in all places together, the longest run and the run up to now. Made for measuring."""

from tongban.law import Month, Spells, fact, rule, ruleset

ruleset("months-insured", version="1", zh="参保月数（测速用）", en="Months insured, for measuring")

THIS_MONTH = Month("2026-10")

spells = fact(Spells, zh="参保经历", en="history of insurance", past=True)


@rule(zh="累计月数", en="months in all", cites="s. 1", outcome=True)
def months(spells: Spells) -> int:
    return spells.months()


@rule(zh="最长连续月数", en="longest run", cites="s. 2", outcome=True)
def longest_run(spells: Spells) -> int:
    return spells.longest_run()


@rule(zh="至今连续月数", en="run to date", cites="s. 3", outcome=True)
def run_to_date(spells: Spells) -> int:
    return spells.run_ending(THIS_MONTH)
