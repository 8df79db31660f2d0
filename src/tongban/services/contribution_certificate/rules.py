"""参保缴费凭证 (contribution certificate): first and last month, and the months paid or deemed paid."""

from tongban.law import Month, SpellKind, Spells, because, check, fact, rule, ruleset

ruleset("contribution-certificate", version="1", zh="参保缴费凭证", en="Contribution certificate")

spells = fact(Spells, past=True, zh="缴费时段", en="spells of payment")


@check(
    fact="spells",
    zh="没有查到在本地缴费的月份，不能开具凭证",
    en="No month paid here was found, so that there is nothing to certify",
)
def something_was_paid(spells: Spells) -> bool:
    return spells.months() > 0


@rule(zh="首次缴费年月", en="first month paid", cites="国办发〔2009〕66号", outcome=True)
def first_month(spells: Spells) -> Month | None:
    return spells.first()


@rule(zh="最后缴费年月", en="last month paid", cites="国办发〔2009〕66号", outcome=True)
def last_month(spells: Spells) -> Month | None:
    return spells.last()


@rule(zh="累计缴费月数", en="months paid in total", cites="国办发〔2009〕66号", outcome=True)
def months(spells: Spells) -> int:
    return because(
        spells.months(), zh="每个月只计一次，累计 {result} 个月", en="{result} months, each counted once"
    )


@rule(zh="其中视同缴费月数", en="months deemed paid", cites="国办发〔2009〕66号", outcome=True)
def deemed_months(spells: Spells) -> int:
    actual = spells.of_kind(SpellKind.ACTUAL)
    return because(
        (spells.of_kind(SpellKind.DEEMED) - actual).months(),
        zh="没有实际缴费、视同缴费的有 {result} 个月",
        en="{result} months were not paid but are deemed paid",
    )
