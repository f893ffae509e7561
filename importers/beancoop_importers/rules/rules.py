"""The accountant's own rules: what a movement, or a line of an invoice, is for when its text and parties say so.

They stand in `rules.toml` beside the main ledger, one table each, in the order in which they are tried; the first whose
conditions all hold is taken:

    [[movement]]
    name = "Frais de compte"
    when = { text = "frais de compte", direction = "out", max = 25.00 }
    then = { account = "657-FraisBancaires", flag = "*" }

    [[invoice]]
    name = "Abonnement de téléphone"
    when = { supplier = "0999.888.777", text = ["abonnement", "forfait"] }
    then = { account = "6121-Telephone" }

A file with a mistake anywhere gives no rule at all: a rule left out would let a later one take its place.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from beancoop.model.accounts import is_unit
from beancoop.model.findings import Refusal
from beancoop.model.pcmn import roots_for
from beancoop.vat.law import PURCHASE, SALE, law_on
from beancoop.words.messages import Template, code_of, error, phrase

from beancoop_importers.model.identifiers import account_key, belgian_number
from beancoop_importers.model.invoice import ENTERPRISE
from beancoop_importers.rules.patterns import compile_pattern, fold

NO_WORDS = error("BC1278", "{key} is {said}; expected a text between quotes.")
NO_AMOUNT = error("BC1279", "{key} is {said}; expected an amount without sign, such as 25.00.")
NO_UNIT = error("BC1280", "{key} is {said}; expected the code of a unit, such as A003 or COOP.")
NO_ACCOUNT = error(
    "BC1281",
    "{key} is {said}; expected the number and label of an account, without unit, such as 6121-Telephone.",
)
NO_FLAG = error("BC1282", '{key} is {said}; expected "*" where nothing is left to decide, or "!".')
NO_SUPPLIER = error(
    "BC1283",
    "{key} is {said}; expected the number of an enterprise, such as 0403.200.393 or NL810433941B01.",
)
NO_DIRECTION = error("BC1284", '{key} is {said}; expected "in" for money received, or "out".')
NO_CODE = error(
    "BC1263", '{key} is {said}; expected a code of VAT, with its rate where the buyer owes it, such as "D50" or "CC@6".'
)
NO_PATTERN = phrase("{key} is {said}; expected a pattern: {reason}")


MOVEMENT, INVOICE = "movement", "invoice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a movement or of an invoice's line; what is not known is empty, and no condition holds of it.

    Attributes:
        unit: whose it is.
        iban: our bank account.
        counterparty: the other party's name.
        counterparty_account: its account.
        supplier: the number of the enterprise that sent the invoice, such as `0208:0403200393`.
        text: the communication, or the line's description.
        amount: positive when received.
        code: the bank's transaction code.

    """

    unit: str = ""
    iban: str = ""
    counterparty: str = ""
    counterparty_account: str = ""
    supplier: str = ""
    text: str = ""
    amount: Decimal | None = None
    code: str = ""


Condition: TypeAlias = Callable[[Facts], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        name: what the entries it makes say in `rule:`.
        conditions: what must hold, all of it.
        account: the account's number and label, such as `6121-Telephone`, "" where it only tells the unit.
        unit: whose it is, "" where the rule does not say.
        narration: what the entry is to say, "" where the bank's text stays.
        flag: the entry's flag: `!` unless the rule says that nothing is left to decide.
        vat: the code of VAT, "" where the document tells.

    """

    name: str
    conditions: tuple[Condition, ...]
    account: str = ""
    unit: str = ""
    narration: str = ""
    flag: str = "!"
    vat: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a file, each kind in the order in which it is tried."""

    movements: tuple[Rule, ...] = ()
    invoices: tuple[Rule, ...] = ()


def first_match(rules: Sequence[Rule], facts: Facts) -> Rule | None:
    """Give the first rule whose conditions all hold of *facts*, None where there is none."""
    return next((rule for rule in rules if all(holds(facts) for holds in rule.conditions)), None)


class Expected(Exception):  # noqa: N818 - it says what was expected
    """A value is not what its key takes; whoever knows the key, and what is written, tells so.

    Attributes:
        template: what to tell, with the places `key` and `said`.
        values: what stands in its other places.

    """

    def __init__(self, template: Template, **values: object) -> None:
        """Keep what is to be told."""
        super().__init__(template.text)
        self.template = template
        self.values = values


def text_of(value: object) -> str:
    """Read a text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise Expected(NO_WORDS)
    return value


def _texts(value: object) -> list[str]:
    return [fold(text_of(one)) for one in (value if isinstance(value, list) and value else [value])]


def _amount(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite() or value < 0:
        raise Expected(NO_AMOUNT)
    return Decimal(value)


def _unit(value: object) -> str:
    if not is_unit(text := text_of(value)):
        raise Expected(NO_UNIT)
    return text


def _account(value: object) -> str:
    text = text_of(value)
    if not re.fullmatch(r"[0-9]+-[^:\s]+", text) or not roots_for(text.partition("-")[0]):
        raise Expected(NO_ACCOUNT)
    return text


def _flag(value: object) -> str:
    if value not in {"*", "!"}:
        raise Expected(NO_FLAG)
    return str(value)


def _vat(value: object) -> str:
    text, latest = text_of(value), law_on(datetime.date.max)
    if not any(latest.read(text, side) for side in (SALE, PURCHASE)):
        raise Expected(NO_CODE)
    return text


def _party(text: str) -> str:
    """Give the one way to write an enterprise: its Belgian number, else what is written in capitals."""
    plain = text.removeprefix(f"{ENTERPRISE}:")
    return belgian_number(plain) or re.sub(r"[^A-Z0-9]", "", plain.upper())


def _when_unit(value: object) -> Condition:
    unit = _unit(value)
    return lambda facts: facts.unit == unit


def _when_iban(value: object) -> Condition:
    key = account_key(text_of(value))
    return lambda facts: facts.iban == key


def _when_counterparty(value: object) -> Condition:
    parts = _texts(value)
    return lambda facts: any(part in fold(facts.counterparty) for part in parts)


def _when_counterparty_account(value: object) -> Condition:
    key = account_key(text_of(value))
    return lambda facts: facts.counterparty_account == key


def _when_supplier(value: object) -> Condition:
    number = _party(text_of(value))
    if not re.search("[0-9]", number):
        raise Expected(NO_SUPPLIER)
    return lambda facts: _party(facts.supplier) == number


def _when_text(value: object) -> Condition:
    parts = _texts(value)
    return lambda facts: any(part in fold(facts.text) for part in parts)


def _when_pattern(value: object) -> Condition:
    try:
        pattern = compile_pattern(text_of(value))
    except Refusal as refusal:
        template = NO_PATTERN._replace(code=code_of(refusal.message))
        raise Expected(template, reason=refusal.message) from None
    return lambda facts: pattern.found_in(facts.text)


def _when_min(value: object) -> Condition:
    least = _amount(value)
    return lambda facts: facts.amount is not None and abs(facts.amount) >= least


def _when_max(value: object) -> Condition:
    most = _amount(value)
    return lambda facts: facts.amount is not None and abs(facts.amount) <= most


def _when_direction(value: object) -> Condition:
    if value not in {"in", "out"}:
        raise Expected(NO_DIRECTION)
    sign = 1 if value == "in" else -1
    return lambda facts: facts.amount is not None and facts.amount * sign > 0


def _when_code(value: object) -> Condition:
    start = text_of(value)
    return lambda facts: facts.code.startswith(start)


_BOTH: Mapping[str, Callable[[object], Condition]] = {
    "unit": _when_unit,
    "counterparty": _when_counterparty,
    "text": _when_text,
    "pattern": _when_pattern,
    "min": _when_min,
    "max": _when_max,
}
WHEN: Mapping[str, Mapping[str, Callable[[object], Condition]]] = {
    MOVEMENT: {
        **_BOTH,
        "iban": _when_iban,
        "counterparty_account": _when_counterparty_account,
        "direction": _when_direction,
        "code": _when_code,
    },
    INVOICE: {**_BOTH, "supplier": _when_supplier},
}
"""The conditions of each kind of rule, each with what reads its value; it raises `Expected`."""

THEN: Mapping[str, Mapping[str, Callable[[object], str]]] = {
    MOVEMENT: {"account": _account, "unit": _unit, "narration": text_of, "flag": _flag},
    INVOICE: {"account": _account, "flag": _flag, "vat": _vat},
}
"""What each kind of rule may say, likewise."""
