"""Whom a question is about: a person by resident ID number, or an enterprise by its credit code.

Promises: a number that can be a person's is taken for a person's.
"""

from tongban.places import credit_code


def names_enterprise(subject: str) -> bool:
    """Whether the subject is an enterprise's unified social credit code (GB 32100).

    A code can consist of digits alone like an ID number; that one holds a birth date from character 7 on.
    """
    century, month, day = subject[6:8], subject[10:12], subject[12:14]
    is_date = century in {"19", "20"} and "01" <= month <= "12" and "01" <= day <= "31"
    if subject[:17].isdigit() and is_date:
        return False
    try:
        credit_code.parse(subject)
    except credit_code.CreditCodeRefused:
        return False
    return True
