"""What the banks say of an MT940 movement, in the forms they say it in.

Free text; code words between slashes, `/REMI/`, as the Belgian, Dutch and international banks write; or numbered
parts, `?20`, as the German ones and Triodos do, with SEPA's own code words, `SVWZ+`, within.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from beancoop_importers.model.identifiers import (
    bic_code,
    creditor_reference,
    given,
    iban_holds,
    ogm,
    party_account,
    printed_ogm,
)
from beancoop_importers.model.statement import Structured

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancoop_importers.readers.mt940_fields import Entry

_WIDTH = 65  # characters of a line of field 86; a full one runs on in the next
_WORDED_WIDTH = 61  # the same where the bank counts `:86:` with them, and code words tell where a text ends
_PART_WIDTH = 27  # and of a numbered part
_WORD = re.compile(
    r"/(ACCW|ADDR|BENM|BIC|CDTRREF|CDTRREFTP|CHGS|CNTP|CREF|CSID|EREF|EXCH|IBAN|IREF|ISDT|ISSR|KREF|MARF|NAME|OCMT|ORDP"
    r"|PREF|PURP|REMI|RTRN|TRCD|TRTP|ULTB|ULTC|ULTD)(?=/)"
)
_NUMBERED = re.compile(r"([0-9]{3})([?>])[0-9]{2}")
_PURPOSE = ("20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "60", "61", "62", "63")
_SEPA_WORD = re.compile(r"(ABWA|ABWE|BIC|CRED|DEBT|EREF|IBAN|KREF|MREF|PURP|RREF|SVWZ)\+")
_REMITTANCE = re.compile(r"(USTD|STRD)/+(.*)", re.DOTALL)
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}(?![A-Z0-9])")
_RETURN = re.compile(r"[A-Z]{2}[0-9]{2}")
_ELSEWHERE = frozenset({"EREF", "PREF", "MARF", "KREF", "KREF+", "CREF"})  # a reference that stands in field 86
_REFERENCE_WIDTH = 16  # characters of a reference; one bank fills it up with blanks, and writes a name after it
_OGM_SIGNS = str.maketrans("", "", " +*/")
_BELGIAN = "BBA"  # the Belgian bankers' association, whose structured communication it is


class Said(NamedTuple):
    """What is said of a movement; see `statement.Movement`."""

    code: str = ""
    bank_reference: str = ""
    customer_reference: str = ""
    communication: str = ""
    structured: Structured | None = None
    information: tuple[Structured, ...] = ()
    counterparty: str = ""
    account: str = ""
    bic: str = ""
    return_reason: str = ""


def said_of(entry: Entry) -> Said:
    """Put together what the line of a movement says, and the fields that explain it."""
    customer, bank, name = _references(entry.reference)
    said = _explained(entry.information)
    supplement = "".join(entry.supplement).strip()
    words = _words(supplement)
    code, detail = entry.kind.strip(), words.get("TRCD") or said.code
    own = _iban_at_start(supplement) or _iban_at_start(customer)
    return said._replace(
        code=f"{code}-{detail}" if detail else code,
        bank_reference=bank,
        customer_reference=said.customer_reference or ("" if own and customer.startswith(own) else customer),
        communication=said.communication or ("" if words or own else supplement),
        counterparty=said.counterparty or name,
        account=said.account or own,
    )


def _references(text: str) -> tuple[str, str, str]:
    """Give the holder's reference, the bank's, and the name that some put after them."""
    customer, _, bank = text.partition("//")
    name = ""
    if customer[_REFERENCE_WIDTH - 1 : _REFERENCE_WIDTH] == " ":
        customer, name = customer[:_REFERENCE_WIDTH], customer[_REFERENCE_WIDTH:]
    customer = customer.strip()
    return "" if customer in _ELSEWHERE else given(customer), given(bank.strip()), name.strip()


def _explained(information: Sequence[Sequence[str]]) -> Said:
    if not information:
        return Said()
    if match := _NUMBERED.match(information[0][0]):
        return _numbered(match[1], match[2], "".join(line for field in information for line in field))
    width = _WORDED_WIDTH if information[0][0].startswith("/") else _WIDTH
    text = " ".join([_run_on(field, width) for field in information]).strip()
    return _worded(text) or _free(text)


def _run_on(parts: Sequence[str], width: int) -> str:
    """Join what was broken: a part of full width runs on in the next, after a shorter one comes a blank."""
    return "".join([part if len(part) >= width else f"{part} " for part in parts]).strip()


def _free(text: str) -> Said:
    return Said(communication=text, structured=_typed(text), account=_iban_at_start(text))


def _words(text: str) -> dict[str, str]:
    """Give the texts after the code words between slashes, the first of each; before the first one, under ""."""
    parts = _WORD.split(text) if "/" in text else []
    if len(parts) <= 1:
        return {}
    words = {"": parts[0].strip()}
    for word, value in zip(parts[1::2], parts[2::2], strict=True):
        if said := value.strip("/ "):
            words.setdefault(word, said)
    return words


def _worded(text: str) -> Said | None:
    """Read code words between slashes, None where there are none."""
    words = _words(text)
    if not words:
        return None
    account, bic, name = f"{words.get('CNTP', '')}//".split("/", 3)[:3]
    free, structured = _remittance(words)
    return Said(
        customer_reference=given(words.get("EREF", "")) or given(words.get("PREF", "")),
        communication=free or words[""] or ("" if structured else words.get("TRTP", "")),
        structured=structured or _typed(free),
        information=_information(words.get("MARF", ""), words.get("CSID", "")),
        counterparty=words.get("NAME") or name.strip() or words.get("ORDP") or words.get("BENM", ""),
        account=party_account(account or words.get("IBAN") or words.get("ACCW", "").partition(",")[0]),
        bic=bic_code(bic.strip() or words.get("BIC", "")),
        return_reason=_return_reason(words.get("RTRN", "")),
    )


def _remittance(words: dict[str, str]) -> tuple[str, Structured | None]:
    """Give the free and the structured communication."""
    if reference := words.get("CDTRREF"):
        return "", _structured(words.get("ISSR", ""), reference)
    said = words.get("REMI", "")
    match = _REMITTANCE.match(said)
    if match is None:
        return said, None
    if match[1] == "USTD":
        return match[2], None
    issuer, _, reference = match[2].partition("/")
    return "", _structured(issuer, reference) if reference else _structured("", issuer)


def _numbered(code: str, separator: str, text: str) -> Said:
    """Read numbered parts: 20 to 29 and 60 to 63 the purpose, 30 to 33 the other party."""
    parts: dict[str, str] = {}
    _, *said = re.split(rf"[{separator}]([0-9]{{2}})", text)
    for number, part in zip(said[::2], said[1::2], strict=True):
        parts[number] = parts.get(number, "") + part
    purpose = _run_on([parts[number] for number in _PURPOSE if number in parts], _PART_WIDTH)
    lead, *rest = _SEPA_WORD.split(purpose)
    words = {word: value.strip() for word, value in zip(rest[::2], rest[1::2], strict=True)}
    free = words.get("SVWZ") or lead.strip() or parts.get("00", "").strip()
    return Said(
        code=code,
        customer_reference=given(words.get("EREF", "") or words.get("KREF", "")),
        communication=free,
        structured=_typed(free),
        information=_information(words.get("MREF", ""), words.get("CRED", "")),
        counterparty=_run_on([parts[number] for number in ("32", "33") if number in parts], _PART_WIDTH),
        account=party_account(parts.get("31", "") or words.get("IBAN", "")),
        bic=bic_code(parts.get("30", "").strip() or words.get("BIC", "")),
    )


def _structured(issuer: str, reference: str) -> Structured:
    """Read a structured reference: Belgian where the bank says so, ISO 11649, or as it stands."""
    if issuer == _BELGIAN and (value := ogm(reference.translate(_OGM_SIGNS))):
        return Structured("ogm", value)
    return _typed(reference) or Structured("mt940-reference", reference)


def _typed(text: str) -> Structured | None:
    """Find an OGM printed in a text, or an ISO 11649 reference that is all of it; their checks must be right."""
    if ("+++" in text or "***" in text) and (value := printed_ogm(text)):
        return Structured("ogm", value)
    if text.startswith("RF") and (value := creditor_reference(text)):
        return Structured("rf", value)
    return None


def _information(mandate: str, creditor: str) -> tuple[Structured, ...]:
    if not mandate and not creditor:
        return ()
    said = (Structured("mt940-mandate", mandate), Structured("mt940-creditor", creditor))
    return tuple([one for one in said if one.value])


def _iban_at_start(text: str) -> str:
    match = _IBAN.match(text)
    return match[0] if match and iban_holds(match[0]) else ""


def _return_reason(text: str) -> str:
    match = _RETURN.match(text)
    return match[0] if match else ""
