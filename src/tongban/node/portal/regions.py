"""The places of both sides as a person chooses them from a list: by region, in the language of the page."""

from datetime import date

from tongban.node.theme.wording import spoken
from tongban.places import CHONGQING, SICHUAN, Place, PlaceError, children, place


def places_by_region(on: date) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every region with its places in force on that day, each by code and name; the region itself first."""
    regions = (place(CHONGQING, on), *children(SICHUAN, on))
    return [
        (spoken(region.name), [_option(one) for one in (region, *children(region.code, on))])
        for region in regions
    ]


def is_place(code: str, on: date) -> bool:
    """Whether the code stands for a place of either side on that day."""
    try:
        place(code, on)
    except PlaceError:
        return False
    return True


def _option(one: Place) -> tuple[str, str]:
    return one.code, spoken(one.name)
