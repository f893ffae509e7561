"""Books damaged at random: honest and hostile ones with words and bytes changed, taken away or added."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

from gate.corpus import ATTACKS, BANK, SALES, sale
from gate.honest import HONEST

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORDS = (
    *("1", "0", "-5.00", "10/4", "1/0", "(", ")", "+", "-", "*", "/", "~", ",", ":", "|", "TRUE", "NULL"),
    *("EUR", "USD", "V", "{}", "{{}}", "{", "}", "@", "@@", "{10 EUR}", "{10 # 5 EUR}", "{{100 EUR}}", "@ 3 EUR"),
    *("{2026-03-01}", '{"x"}', "{*}", "2026-03-01", "2026-02-30", '"x"', '"', "rate:", "rate: 0.1", "filename:"),
    *("^l", "#t", "!", "P", "txn", "\n", "\n  ", '"activity"', '"closed"', '"FIFO"'),
    *("open", "close", "balance", "pad", "note", "document", "query", "custom", "price", "event", "commodity"),
    *("pushtag", "poptag", "pushmeta", "popmeta", "option", "include", "plugin"),
    *(BANK, SALES, "Assets:55:5500-Banque:COOP"),
)
_BYTES = b'/0()"\\{}@\n \t\r\x00\xff\xc3\xe2<-+*~:;#^'
_SEEDS = [honest.roots + honest.book + honest.decided + honest.closes for honest in HONEST] + [sale()] * 10
_SEEDS += [attack.book for attack in ATTACKS if isinstance(attack.book, str) and len(attack.book) < 3_000]


def mutants(count: int, seed: int) -> Iterator[bytes]:
    """Give *count* damaged books; the same *seed* gives the same ones."""
    chance = random.Random(seed)
    for _ in range(count):
        words = re.findall(r"\n[ ]*|[^ \n]+| +", chance.choice(_SEEDS))
        for _ in range(chance.randint(1, 3)):
            _change(words, chance)
        book = bytearray(("".join(words) or "\n").encode())
        for _ in range(chance.choice((0, 0, 0, 1, 3))):
            book[chance.randrange(len(book))] = chance.choice(_BYTES)
        yield bytes(book)


def _change(words: list[str], chance: random.Random) -> None:
    at, other = chance.randrange(len(words)), chance.randrange(len(words))
    match chance.randrange(4):
        case 0:
            words[at] = chance.choice(_WORDS)
        case 1:
            words.insert(at, f" {chance.choice(_WORDS)} ")
        case 2:
            words[at], words[other] = words[other], words[at]
        case _:
            words[at] = ""
