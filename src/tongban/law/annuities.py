"""Equal monthly payments (等额本息), exact in whole numbers: the same fen on every machine."""

_MONTHLY = 12 * 1_000_000


def payment(principal: int, yearly_millionths: int, months: int) -> int:
    """Give the monthly payment in fen, half-up; 0 when there are no months."""
    if months < 1:
        return 0
    if yearly_millionths == 0:
        return (2 * principal + months) // (2 * months)
    growth, unit = _power(_MONTHLY + yearly_millionths, months), _power(_MONTHLY, months)
    numerator = principal * yearly_millionths * growth
    denominator = _MONTHLY * (growth - unit)
    return (2 * numerator + denominator) // (2 * denominator)


def principal(payment: int, yearly_millionths: int, months: int) -> int:
    """Give the loan in fen that the payment serves, rounded down; 0 when there are no months."""
    if months < 1:
        return 0
    if yearly_millionths == 0:
        return payment * months
    growth, unit = _power(_MONTHLY + yearly_millionths, months), _power(_MONTHLY, months)
    return payment * _MONTHLY * (growth - unit) // (yearly_millionths * growth)


def _power(base: int, exponent: int) -> int:
    return int(base**exponent)
