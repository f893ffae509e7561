"""The numbers banks print: accounts and references, with the check digits that prove them."""

from __future__ import annotations

import re

from stdnum import iban, iso11649
from stdnum.be import vat

_SEPARATORS = re.compile(r"[\s./-]+")
_BELGIAN_BBAN = re.compile(r"[0-9]{12}")
_PRINTED_BBAN = re.compile(r"[0-9]{3}-[0-9]{7}-[0-9]{2}")
_BELGIAN_IBAN = re.compile(r"BE[0-9]{14}")
_ACCOUNT = re.compile(r"[A-Z0-9]{5,34}")
_ENTERPRISE = re.compile(r"[01][0-9]{9}")
_OGM = re.compile(r"[0-9]{12}")
_PRINTED_OGM = re.compile(r"(\+{3}|\*{3})\s*([0-9]{3})/([0-9]{4})/([0-9]{5})\s*\1")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_NONE_GIVEN = frozenset({"NOTPROVIDED", "NONREF", "NOREF", "NONE", "UNKNOWN"})


def account_key(text: str) -> str:
    """Give the one way to write a bank account: its IBAN, in capitals without blanks.

    A Belgian number of 12 digits, written with its dashes or its last two being its first ten modulo 97, becomes its
    IBAN (ISO 13616: 98 minus the remainder by 97); a number that is neither only loses its separators.

    >>> account_key("539-0075470-34"), account_key("be68 5390 0754 7034"), account_key("123456789012")
    ('BE68539007547034', 'BE68539007547034', '123456789012')
    """
    key = foreign_key(text)
    if _BELGIAN_BBAN.fullmatch(key) and (_PRINTED_BBAN.fullmatch(text.strip()) or _belgian_holds(key)):
        return f"BE{98 - int(key + '111400') % 97:02}{key}"  # 1114 is BE in figures
    return key


def _belgian_holds(number: str) -> bool:
    return (int(number[:10]) % 97 or 97) == int(number[10:])


def foreign_key(text: str) -> str:
    """Give an account that is known to be no Belgian number of 12 digits: in capitals, without separators."""
    return _SEPARATORS.sub("", text).upper()


def party_account(text: str) -> str:
    """Give another party's account as `account_key` does, "" where *text* is no account number."""
    key = account_key(text)
    return key if _ACCOUNT.fullmatch(key) else ""


def belgian_iban_at_start(text: str) -> str:
    """Give the Belgian IBAN *text* begins with, "" where it begins with none."""
    match = _BELGIAN_IBAN.match(_SEPARATORS.sub("", text).upper())
    return match[0] if match else ""


def iban_holds(key: str) -> bool:
    """Tell whether the check digits of an IBAN are right; the bank codes of a country are not looked at."""
    return bool(iban.is_valid(key, check_country=False))


def ogm(digits: str) -> str | None:
    """Write the 12 digits of a Belgian structured communication as printed; None where its check is wrong.

    >>> ogm("090933755493"), ogm("090933755494")
    ('+++090/9337/55493+++', None)
    """
    if not _OGM.fullmatch(digits) or (int(digits[:10]) % 97 or 97) != int(digits[10:]):  # stdnum takes 12 us for it
        return None
    return f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++"


def printed_ogm(text: str) -> str | None:
    """Give the Belgian structured communication typed in free text as it is printed; None where its check is wrong.

    >>> printed_ogm("fact. ***090/9337/55493*** merci"), printed_ogm("090/9337/55493")
    ('+++090/9337/55493+++', None)
    """
    match = _PRINTED_OGM.search(text)
    return ogm("".join(match.group(2, 3, 4))) if match else None


def creditor_reference(text: str) -> str | None:
    """Give an ISO 11649 reference in capitals without blanks; None where its check is wrong."""
    key = "".join(text.split()).upper()
    return key if key.startswith("RF") and iso11649.is_valid(key) else None


def bic_code(text: str) -> str:
    """Give the code of a bank (ISO 9362), "" where *text* is none."""
    return text if _BIC.fullmatch(text) else ""


def given(reference: str) -> str:
    """Give a reference, "" for what banks write where they have none."""
    return "" if reference.upper() in _NONE_GIVEN or not reference.strip("0 ") else reference


def belgian_number(text: str) -> str:
    """Give the ten digits of a Belgian enterprise or VAT number, whatever it is written with; "" where it is none.

    Its check digits are not looked at (see `belgian_number_holds`): a number with a slip in it still names one company.

    >>> belgian_number("BE 0403.019.261"), belgian_number("403019261"), belgian_number("NL810433941B01")
    ('0403019261', '0403019261', '')
    """
    digits = str(vat.compact(text))
    return digits if _ENTERPRISE.fullmatch(digits) else ""


def belgian_number_holds(digits: str) -> bool:
    """Tell whether the last two of ten digits are 97 minus the first eight modulo 97 (Crossroads Bank for Enterprises).

    >>> belgian_number_holds("0403019261"), belgian_number_holds("0403019262")
    (True, False)
    """
    return bool(vat.is_valid(digits))
