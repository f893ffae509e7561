"""The VAT number of a customer, as `party-vat:` says it."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

KEY = "party-vat"
BELGIUM = "BE"

_COUNTRY = 2
_SEPARATORS = str.maketrans("", "", " .-\N{NO-BREAK SPACE}")


class VatNumber(NamedTuple):
    """A VAT number of the Union.

    Attributes:
        country: two letters.
        digits: what follows.

    """

    country: str
    digits: str

    @classmethod
    def parse(cls, text: str) -> VatNumber | None:
        """Read a number, blanks and dots left aside; None where it is of no member state or its check fails."""
        from stdnum.eu import vat  # noqa: PLC0415 - few ledgers have such a number, and stdnum brings the web along
        from stdnum.exceptions import ValidationError  # noqa: PLC0415

        if not is_of_the_union(text):
            return None
        number = text.translate(_SEPARATORS).upper()
        country = number[:_COUNTRY]
        try:
            kept = vat.validate(number)
        except ValidationError:
            return None
        return cls(country, kept[_COUNTRY:] if kept.startswith(country) else kept)

    def __str__(self) -> str:
        """Write it with its country."""
        return f"{self.country}{self.digits}"


def is_of_the_union(text: str) -> bool:
    """Say whether a number begins with the letters of a member state, whatever follows."""
    return text.translate(_SEPARATORS).upper()[:_COUNTRY] in _countries()


@cache
def _countries() -> frozenset[str]:
    """Give the member states as VIES calls them: Greece is EL, Northern Ireland XI."""
    from stdnum.eu import vat  # noqa: PLC0415 - as above

    return frozenset(code.upper() for code in vat.MEMBER_STATES) - {"GR"} | {"EL"}
