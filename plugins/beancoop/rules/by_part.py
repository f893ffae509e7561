"""The rules over a ledger whose parts are known apart: what is kept of a part holds as long as the part is the same.

What a rule keeps of a part follows from its entries and from what the directives say of its units, which stand in the
part or in the structure's books; a part is known by both. Where a directive is in doubt, or a closing is under way, one
may bear on all, and every part is looked at.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from beancoop.loading.sub_ledgers import Judgement
from beancoop.model.directives import read_declarations, take_declarations
from beancoop.model.register import read_register
from beancoop.rules import engine
from beancoop.rules.part import Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancoop.loading.sub_ledgers import Parted, SubLedger
    from beancoop.model.directives import Declaration
    from beancoop.model.findings import BeancoopError
    from beancoop.model.register import Register

    Facts = Sequence[Any]
    """What each rule has kept of a part."""


def judge_by_part(rules: Sequence[type[engine.Rule]], ledger: Parted) -> Judgement:
    """Run the rules over a ledger, looking only at the parts that are not known."""
    known, files = ledger.known, frozenset(ledger.options["include"])
    declared = [
        take_declarations(each.customs()) if each.digest in known else _declared(each, files) for each in ledger.parts
    ]
    readable = [own for own in declared if own is not None]
    is_readable = len(readable) == len(declared)
    register = read_register(ledger.directives, ledger.options, chain.from_iterable(readable) if is_readable else None)
    held = known if register.is_settled else {}
    beside = _beside(register)
    shown: list[engine.Shown] = []
    errors = [*register.errors]
    facts: dict[bytes, Facts] = {
        each.digest: ()
        for each, own in zip(ledger.parts, declared, strict=True)
        if own is not None and not each.repeats_keys  # which the text says as it is now, not as it was read
    }
    for each in ledger.parts:
        part, key = Part(each), each.digest + beside
        kept, wrong = (held[key], ()) if key in held else _look_at(part, rules, register)
        errors += wrong
        is_lasting = not wrong and register.is_settled
        if is_lasting:
            facts[key] = kept
        shown.append(engine.Shown(part, kept, key if is_lasting else None, each.is_absent))
    added, concluded = engine.conclude(rules, register, shown, ledger.whole)
    return Judgement(added, engine.in_order([*errors, *concluded]), facts, register)


def _declared(part: SubLedger, files: frozenset[str]) -> Sequence[Declaration] | None:
    """Give what a part declares; None where something is wrong with a directive of ours taken by itself."""
    read = read_declarations(part.customs(), files if part.repeats_keys else ())
    return None if read.errors else read.read


def _look_at(
    part: Part, rules: Sequence[type[engine.Rule]], register: Register
) -> tuple[Facts, Sequence[BeancoopError]]:
    kept = engine.look_at(part, rules, register)
    return [each.facts for each in kept], [error for each in kept for error in each.errors]


def _beside(register: Register) -> bytes:
    """Give what the rules ask of the register beside what it says of single units, in a few bytes."""
    said = (register.currency, register.tolerant, register.roots, register.coop_is_open, register.knows_years)
    return repr(said).encode()
