"""What holds for every bank export, drawn at random: read back as written, shared with others, refused when damaged."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from decimal import Decimal
from itertools import accumulate

import pytest
from beancoop_importers.bank.accounts import BankAccount
from beancoop_importers.bank.booking import book
from beancoop_importers.bank.known import KnownEntries
from beancoop_importers.model.statement import Refused
from beancoop_importers.readers.csv import read
from beancount.core import data
from beancount.core.amount import Amount
from csv_writer import CRELAN, IBAN, ING, KBC, STYLES, TRIODOS, WISE, Move, Style, argenta
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

CHAINED = [style for style in STYLES if style.chained]
UNCHAINED = [style for style in STYLES if not style.chained]
FIRST = datetime.date(2026, 1, 1)
SHARE = "Assets:55:5500-Banque:COOP"
BANK = BankAccount(
    data.Open({"filename": "x", "lineno": 1}, FIRST, "Assets:55:5500-Banque", None, None),
    SHARE,
    "COOP",
    "Assets:49:499-CompteAttente:COOP",
)
SLOW = [HealthCheck.too_slow]


def styled(styles):
    return pytest.mark.parametrize("style", styles, ids=lambda style: style.cells.__name__)


def by_amount(cents: int) -> str:
    return f"{Decimal(cents) / 100:.2f}"


def words(style: Style):
    signs = ".,:/+-\"'<>=@\\()é€*#" + (";\n" if style.quoted else "")
    letters = st.text(st.sampled_from([*"abcXYZ 0123456789", *signs]), max_size=40)
    return letters.map(str.strip).filter(lambda text: not text.startswith(('"', "+", "*")))


ANY = st.integers(-(10**9), 10**9)


@st.composite
def histories(draw, style: Style, amounts=ANY, texts=None):
    """Draw what moves on the account, the oldest first, up to four movements a day."""
    said = words(style) if texts is None else texts
    counts = draw(st.lists(st.integers(0, 4), min_size=1, max_size=6).filter(any))
    days = [str(FIRST + datetime.timedelta(days=day)) for day, count in enumerate(counts) for _ in range(count)]
    return [
        Move(
            by_amount(draw(amounts)), day, name=draw(said), text=draw(said), kind="Virement", number=f"2026-{number:05}"
        )
        for number, day in enumerate(days, 1)
    ]


@styled(STYLES)
@given(st.data(), st.sampled_from(["utf-8", "utf-16", "cp1252"]), st.integers(-(10**9), 10**9))
@settings(max_examples=15, deadline=None, suppress_health_check=SLOW)
def test_what_is_written_is_read(style, draw, encoding, old):
    moves = draw.draw(histories(style))
    (statement,) = read(style.write(moves, by_amount(old), encoding=encoding))
    assert [(str(one.booked), f"{one.amount:.2f}") for one in statement.movements] == [
        (move.booked, f"{Decimal(move.amount) + 0:.2f}") for move in moves
    ]
    if style is not ING:
        assert [one.counterparty for one in statement.movements] == [move.name for move in moves]
        expected = [move.text for move in moves]
        assert [
            one.communication if text else "" for one, text in zip(statement.movements, expected, strict=True)
        ] == expected
    if statement.new_balance is not None:
        assert statement.new_balance == Decimal(by_amount(old)) + sum(Decimal(move.amount) for move in moves)
    if statement.old_balance is not None:
        assert statement.old_balance == Decimal(by_amount(old))
    elif style.chained:
        assert len({move.booked for move in moves}) == 1  # of one day, nothing told the order


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=20))
@settings(max_examples=15, deadline=None, suppress_health_check=SLOW)
def test_every_amount_of_a_workbook_is_read_to_the_cent(cents):
    moves = [Move(by_amount(one), number=f"R{number}") for number, one in enumerate(cents)]
    (statement,) = read(argenta(moves))
    assert [one.amount * 100 for one in statement.movements] == cents


class Ledger:
    """Books that take exports one after another, as the import does."""

    def __init__(self, opening: str = "0.00") -> None:
        units = Amount(Decimal(opening), "EUR")
        posting = data.Posting(SHARE, units, None, None, None, None)
        first = data.Transaction(
            {}, FIRST - datetime.timedelta(days=9), "*", None, "", frozenset(), frozenset(), [posting]
        )
        self.books = KnownEntries([first], {"Assets:55:5500-Banque"})
        self.booked: list[tuple[str, Decimal]] = []
        self.asserted: dict[datetime.date, Decimal] = {}
        self.warnings: list[str] = []

    def take(self, content: bytes) -> None:
        for statement in read(content):
            if statement.iban not in {IBAN, "WISE"} or statement.currency != "EUR":
                raise Refused("no such account")
            self.warnings += [note.text for note in statement.warnings]
            news = self.books.news(book(statement, BANK, "bank.csv"))
            self.warnings += [note.text for note in news.warnings if "gives no balances" not in note.text]
            for gone in news.replaced:
                del self.asserted[gone.date]
            self.books.forget(news.replaced)
            self.books.add([*news.transactions, *((news.closing,) if news.closing else ())])
            self.booked += [(str(one.date), one.postings[0].units.number) for one in news.transactions]
            if news.closing:
                self.asserted[news.closing.date] = news.closing.amount.number


FEW = st.sampled_from([2500, 2500, -1000, 1000, 3300])
SAME = st.sampled_from(["", "Part", "Café"])


def of(moves) -> Counter:
    return Counter((move.booked, Decimal(move.amount)) for move in moves)


@styled(STYLES)
@given(st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
def test_exports_of_overlapping_periods_share_what_they_have_in_common(style, draw):
    """Whole days but the last, which was fetched at noon or at night, in whatever order, and each again."""
    moves = draw.draw(histories(style, FEW, SAME))
    days = sorted({move.booked for move in moves})
    exports = []
    for _ in range(draw.draw(st.integers(1, 4))):
        first, last = sorted(draw.draw(st.tuples(st.sampled_from(days), st.sampled_from(days))))
        noon = draw.draw(st.integers(1, 4))
        seen = [move for move in moves if first <= move.booked < last]
        exports.append((first, [*seen, *[move for move in moves if move.booked == last][:noon]]))
    ledger = Ledger()
    for first, seen in [*exports, *exports[::-1]]:
        old = sum((Decimal(move.amount) for move in moves if move.booked < first), Decimal(0))
        ledger.take(style.write(seen, str(old)))
    shown = [move for move in moves if any(move in seen for _, seen in exports)]
    if not style.numbered:  # twins of one day look the same, so count what each day showed
        shown = [move for day in days for move in max(([m for m in s if m.booked == day] for _, s in exports), key=len)]
    assert Counter(ledger.booked) == of(shown)
    for day, amount in ledger.asserted.items():
        eve = str(day - datetime.timedelta(days=1))
        before = sum(Decimal(move.amount) for move in moves if move.booked < eve)
        assert amount == before + sum(Decimal(move.amount) for move in shown if move.booked == eve)


@styled(CHAINED)
@given(st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=SLOW)
def test_where_balances_are_told_an_export_may_begin_within_a_day(style, draw):
    moves = draw.draw(histories(style, FEW, SAME))
    stands = list(accumulate(Decimal(move.amount) for move in moves))
    assume(len({(move.booked, move.amount, at) for move, at in zip(moves, stands, strict=True)}) == len(moves))
    ledger, end = Ledger(), 0
    while end < len(moves):
        start = draw.draw(st.integers(0, end))
        end = draw.draw(st.integers(max(start, end) + 1, len(moves)))
        old = sum((Decimal(move.amount) for move in moves[:start]), Decimal(0))
        ledger.take(style.write(moves[start:end], str(old)))
    assert Counter(ledger.booked) == of(moves)


HISTORY = [
    Move("100.00", "2026-01-12", name="Anne", text="Part", number="2026-00001"),
    Move("-40.50", "2026-01-13", name="Bart", text="Loyer", number="2026-00002"),
    Move("25.00", "2026-01-13", name="Chloé", text="Part", number="2026-00003"),
    Move("-9.75", "2026-01-14", name="Dries", text="Frais", number="2026-00004"),
    Move("310.00", "2026-01-15", name="Els", text="Vente", number="2026-00005"),
]
AMOUNT = re.compile(r"(?<=[;\"])-?[0-9]*[.,][0-9]{2}(?=[;\"])")


def outcome(content: bytes) -> tuple[list[tuple[str, Decimal]], list[str]] | None:
    """Book into a ledger that stands at 500.00, and give what was booked and told; None where it is refused."""
    ledger = Ledger("500.00")
    try:
        ledger.take(content)
    except Refused:
        return None
    return ledger.booked, ledger.warnings


@styled(STYLES)
def test_the_whole_file_is_sound(style):
    assert outcome(style.write(HISTORY, "500.00")) == ([(move.booked, Decimal(move.amount)) for move in HISTORY], [])


@styled(STYLES)
def test_a_file_cut_anywhere_is_refused_or_a_shorter_export(style):
    content = style.write(HISTORY, "500.00")
    whole = of(HISTORY)
    read_on = 0
    for end in range(len(content)):
        if found := outcome(content[:end]):
            assert Counter(found[0]) <= whole
            read_on += 1
    assert read_on >= len(HISTORY)  # between rows


@styled([KBC, CRELAN, TRIODOS, WISE])
def test_a_changed_amount_or_balance_is_never_booked_as_sound(style):
    content = style.write(HISTORY, "500.00").decode()
    for match in AMOUNT.finditer(content):
        for place in range(match.start(), match.end()):
            for sign in "0123456789-":
                changed = content[:place] + sign + content[place + 1 :]
                found = outcome(changed.encode())
                assert found is None or found[1] or Counter(found[0]) == of(HISTORY), changed[
                    match.start() - 20 : place + 9
                ]


@styled([KBC, CRELAN, TRIODOS, WISE])
def test_a_turned_sign_is_never_booked_as_sound(style):
    content = style.write(HISTORY, "500.00").decode()
    for match in AMOUNT.finditer(content):
        turned = match[0].removeprefix("-") if match[0].startswith("-") else f"-{match[0]}"
        found = outcome((content[: match.start()] + turned + content[match.end() :]).encode())
        assert found is None or found[1]


@styled(CHAINED)
@given(st.data())
@settings(max_examples=20, deadline=None)
def test_rows_lost_doubled_or_swapped_are_never_booked_as_sound(style, draw):
    lines = style.write(HISTORY, "500.00").decode().rstrip(style.ends).split(style.ends)
    at = st.integers(bool(style.header), len(lines) - 1)
    one, other = draw.draw(at), draw.draw(at)
    match draw.draw(st.sampled_from(["lose", "double", "swap"])):
        case "lose":
            del lines[one]
        case "double":
            lines.insert(other, lines[one])
        case "swap":
            lines[one], lines[other] = lines[other], lines[one]
    found = outcome(style.ends.join(lines).encode())
    event("refused" if found is None else "read")
    assert found is None or found[1] or Counter(found[0]) <= of(HISTORY)


@styled(UNCHAINED)
def test_without_balances_the_booking_says_that_nothing_proves_it(style):
    (statement,) = read(style.write(HISTORY))
    assert "gives no balances to prove it whole" in statement.unproved.text


@styled(STYLES)
@given(st.data())
@settings(max_examples=25, deadline=None)
def test_whatever_is_done_to_a_file_it_is_read_or_refused_in_words(style, draw):
    content = bytearray(style.write(HISTORY, "500.00"))
    for _ in range(draw.draw(st.integers(1, 5))):
        at = draw.draw(st.integers(0, len(content)))
        match draw.draw(st.sampled_from(["set", "drop", "insert"])):
            case "set":
                content[at : at + 1] = bytes([draw.draw(st.integers(0, 255))])
            case "drop":
                del content[at : at + draw.draw(st.integers(1, 40))]
            case "insert":
                content[at:at] = draw.draw(
                    st.sampled_from([b'"', b";", b",", b"\n", b"\r", b"\0", b"\xff\xfe", b"=1+1", b"NaN"])
                )
    outcome(bytes(content))


@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04" + b"\0" * 26 + b"xl/", b"\xff\xfe"]))
def test_any_bytes_are_refused_in_words(content, head):
    assert outcome(head + content) is None


def test_a_digit_of_a_workbook_changed_or_bytes_cut_is_refused_or_told():
    content = argenta(HISTORY)
    for end in range(0, len(content), 97):
        assert outcome(content[:end]) is None
