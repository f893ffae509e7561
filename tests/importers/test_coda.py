"""The traps of real CODA files, each by its name."""

from __future__ import annotations

import datetime
import sys
import time
from decimal import Decimal

import pytest
from beancoop_importers.model.statement import MAX_BYTES, Refused, Structured
from beancoop_importers.readers import coda
from coda_writer import FREE, STRUCTURED, Line, Paper, text_of
from coda_writer import coda as written

SALE = Line(100_000, communication="Facture 2026/12", name="Boulangerie Dupont", account="BE71096123456769")


def one(paper: Paper):
    (statement,) = coda.read(written(paper))
    return statement


def refusal(content: bytes) -> Refused:
    with pytest.raises(Refused) as caught:
        coda.read(content)
    return caught.value


def changed(paper: Paper, record: int, start: int, text: str) -> bytes:
    """Overwrite positions of one record, counted from 0 in Python."""
    records = paper.records()
    line = records[record]
    records[record] = line[:start] + text + line[start + len(text) :]
    return "\r\n".join(records).encode()


class TestFile:
    @pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r"])
    def test_line_ends_of_any_system(self, end):
        content = written(Paper((SALE,))).replace(b"\r\n", end)
        assert coda.read(content) == coda.read(written(Paper((SALE,))))

    @pytest.mark.parametrize("tail", [b"", b"\r\n", b"\x1a", b"\r\n\x1a", b"\n\n"])
    def test_end_of_file_marks(self, tail):
        content = written(Paper((SALE,))).rstrip() + tail
        assert len(coda.read(content)[0].movements) == 1

    def test_trailing_blanks_missing_on_the_trailer_only(self):
        records = Paper((SALE,)).records()
        records[-1] = records[-1][:57]
        assert coda.read("\n".join(records).encode())
        records[3] = records[3].rstrip()[:-1].rstrip()
        refused = refusal("\n".join(records).encode())
        assert refused.line == 4
        assert "128" in refused.message

    @pytest.mark.parametrize("charset", ["cp1252", "latin-1", "utf-8", "utf-8-sig", "cp850"])
    def test_letters_whatever_the_charset(self, charset):
        content = text_of(Paper((Line(5_000, communication="Café crème à l'été", name="Hélène"),))).encode(charset)
        if charset == "cp850":
            content = text_of(Paper((Line(5_000, communication="Café crème, reçu"),))).encode(charset)
            assert coda.read(content)[0].movements[0].communication == "Café crème, reçu"
            return
        (movement,) = coda.read(content)[0].movements
        assert (movement.communication, movement.counterparty) == ("Café crème à l'été", "Hélène")

    def test_a_windows_letter_beside_one_dos_also_uses(self):
        content = written(Paper((Line(5_000, communication="Škoda réparée"),)))
        assert coda.read(content)[0].movements[0].communication == "Škoda réparée"

    def test_the_five_bytes_windows_leaves_undefined_are_read(self):
        content = written(Paper((Line(5_000, communication="a b é"),))).replace(b"a b", b"a\x81b")
        assert coda.read(content)[0].movements[0].communication == "a\x81b é"

    def test_a_letter_lost_before_is_reported(self):
        content = text_of(Paper((Line(5_000, communication="Caf�"),))).encode()
        (note,) = coda.read(content)[0].warnings
        assert note.line == 3
        assert "lost" in note.text

    def test_utf8_that_widened_the_lines_is_not_taken_for_utf8(self):
        content = written(Paper((Line(5_000, communication="Caf??"),))).replace(b"Caf??", "Café".encode())
        assert coda.read(content)[0].movements[0].communication == "CafÃ©"

    @pytest.mark.parametrize("content", [b"", b"\r\n\x1a", b"   \n"])
    def test_empty(self, content):
        assert "empty" in refusal(content).message

    @pytest.mark.parametrize(
        "content", [b"\x89PNG\r\n\x1a\n" + bytes(200), b"a;b;c\n1;2;3\n", "été".encode("utf-16"), b"<Document/>"]
    )
    def test_not_coda(self, content):
        assert "not CODA" in refusal(content).message

    def test_too_big_is_said(self):
        refused = refusal(b"0" * (MAX_BYTES + 1))
        assert "50,000,001" in refused.message

    def test_version_other_than_2(self):
        refused = refusal(written(Paper((SALE,), version="1")))
        assert (refused.line, "version '1'" in refused.message) == (1, True)

    def test_separate_application_is_not_a_statement(self):
        refused = refusal(written(Paper((SALE,), application="00001")))
        assert "separate application (00001)" in refused.message

    @pytest.mark.parametrize("kept", range(1, 7))
    def test_a_file_cut_anywhere_is_refused(self, kept):
        records = Paper((SALE,)).records()
        assert len(records) == 7
        assert refusal("\n".join(records[:kept]).encode()).line == kept

    def test_file_without_trailer(self):
        refused = refusal("\n".join(Paper((SALE,)).records()[:-1]).encode())
        assert (refused.line, "record 9" in refused.message) == (6, True)

    def test_unknown_record(self):
        refused = refusal(changed(Paper((SALE,)), 3, 0, "7"))
        assert (refused.line, "'7'" in refused.message) == (4, True)

    def test_another_part_announced_is_only_a_warning(self):
        assert "announced" in one(Paper((SALE,), more="1")).warnings[0].text
        assert one(Paper((SALE,), more="2")).warnings == ()


class TestStatements:
    def test_several_accounts_currencies_and_days(self):
        papers = (
            Paper((SALE,), more="1"),
            Paper((Line(-1_000),), old=7_000, currency="USD", more="1"),
            Paper((SALE, Line(2_000, sequence=2)), old=100_000, number="002", new_date="160126", more="1"),
            Paper((Line(9_000),), account="BE71096123456769", more="2"),
        )
        found = [(each.iban, each.currency, each.number, len(each.movements)) for each in coda.read(written(*papers))]
        assert found == [
            ("BE68539007547034", "EUR", "001", 1),
            ("BE68539007547034", "USD", "001", 1),
            ("BE68539007547034", "EUR", "002", 2),
            ("BE71096123456769", "EUR", "001", 1),
        ]

    def test_empty_file_without_new_balance(self):
        statement = one(Paper(old=5_000, closes=False))
        assert (statement.movements, statement.new_balance, statement.old_balance) == ((), None, Decimal(5))

    def test_empty_file_with_new_balance_and_message(self):
        statement = one(Paper(old=5_000, messages=("Bonne année",)))
        assert (statement.movements, statement.new_balance) == ((), Decimal(5))

    def test_movements_without_new_balance(self):
        assert "record 8" in refusal(written(Paper((SALE,), closes=False))).message

    @pytest.mark.parametrize(
        ("structure", "account", "iban"),
        [
            ("0", "539007547034", "BE68539007547034"),
            ("1", "12345678901234", "12345678901234"),
            ("2", "BE68539007547034", "BE68539007547034"),
            ("3", "NL91ABNA0417164300", "NL91ABNA0417164300"),
        ],
    )
    def test_account_structures(self, structure, account, iban):
        statement = one(Paper((SALE,), structure=structure, account=account))
        assert (statement.account, statement.iban, statement.currency) == (account, iban, "EUR")
        assert statement.warnings == ()

    def test_account_structure_unknown(self):
        assert "structure '7'" in refusal(changed(Paper((SALE,)), 1, 1, "7")).message

    def test_wrong_check_digits_are_a_warning(self):
        assert "check digits" in one(Paper((SALE,), account="BE11111111111111")).warnings[0].text

    @pytest.mark.parametrize(("start", "text"), [(4, "BE71096123456769"), (38, "USD")])
    def test_records_1_and_8_must_agree(self, start, text):
        refused = refusal(changed(Paper((SALE,)), 5, start, text))
        assert (refused.line, "the old one (line 2)" in refused.message) == (6, True)

    def test_balances_must_chain(self):
        refused = refusal(written(Paper((SALE,), new=100_001)))
        assert refused.line == 6
        assert "100.000" in refused.message
        assert "100.001" in refused.message

    def test_trailer_totals_must_agree(self):
        assert "debit" in refusal(changed(Paper((SALE,)), 6, 22, "000000000000001")).message

    def test_trailer_count_is_a_warning(self):
        (note,) = one(Paper((SALE,), count=20)).warnings
        assert note.text == "record 9 counts 20 records, there are 5. [BC737]"

    def test_negative_balances(self):
        statement = one(Paper((Line(-50_000),), old=-455_170))
        assert (statement.old_balance, statement.new_balance) == (Decimal("-455.17"), Decimal("-505.17"))

    def test_thousandths_are_kept(self):
        assert one(Paper((Line(23_154_685),))).movements[0].amount == Decimal("23154.685")

    def test_duplicate_flag(self):
        assert one(Paper((SALE,), duplicate="D")).duplicate
        assert not one(Paper((SALE,))).duplicate

    def test_number_000_falls_back_on_the_paper_number(self):
        content = changed(Paper((SALE,), number="036"), 1, 125, "000")
        assert coda.read(content)[0].number == "036"
        assert one(Paper((SALE,), number="000")).number == "000"

    def test_sequence_gap_is_a_warning_and_the_wrap_is_none(self):
        (note,) = one(Paper((SALE, Line(1_000, sequence=3)))).warnings
        assert "0003 follows 0001" in note.text
        lines = tuple(Line(1_000, sequence=number) for number in range(1, 10_003))
        assert one(Paper(lines)).warnings == ()

    def test_a_lost_record_is_a_warning(self):
        records = Paper((Line(1_000, customer="X", name="Y"), Line(2_000, sequence=2))).records()
        del records[4]  # record 2.3 of the first movement, announced by its 2.2
        notes = coda.read("\n".join(records).encode())[0].warnings
        assert [note.line for note in notes if "announce" in note.text] == [5]


class TestMovements:
    def test_fields(self):
        line = Line(
            -16_360,
            value="140126",
            reference="BANKREF",
            customer="MYREF",
            bic="KREDBEBB",
            returned="1AC04",
            account="BE71096123456769",
            name="Dupont",
            communication="Merci",
        )
        statement = one(Paper((line,)))
        (movement,) = statement.movements
        assert movement.line == 3
        assert movement.booked == datetime.date(2026, 1, 15)
        assert movement.value_date == datetime.date(2026, 1, 14)
        assert movement.amount == Decimal("-16.36")
        assert (movement.sequence, movement.detail, movement.code) == ("0001", "0000", "00150000")
        assert (movement.bank_reference, movement.customer_reference) == ("BANKREF", "MYREF")
        assert (movement.counterparty, movement.counterparty_account) == ("Dupont", "BE71096123456769")
        assert (movement.counterparty_bic, movement.return_reason) == ("KREDBEBB", "1 AC04")
        assert (statement.first_line, statement.last_line) == (2, 7)

    def test_value_date_of_zeros_is_none(self):
        assert one(Paper((Line(1_000, value="000000"),))).movements[0].value_date is None

    @pytest.mark.parametrize("day", ["300226", "001326", "2A0126", "¹50126"])
    def test_impossible_date(self, day):
        refused = refusal(text_of(Paper((Line(1_000, booked=day),))).encode("latin-1"))
        assert (refused.line, "no date" in refused.message) == (3, True)

    @pytest.mark.parametrize("digits", ["00000000000000x", "00000000000000²", "              1"])
    def test_impossible_amount(self, digits):
        refused = refusal(changed(Paper((SALE,)), 2, 32, digits).decode().encode("latin-1"))
        assert (refused.line, "no amount" in refused.message) == (3, True)

    def test_communication_runs_on_without_losing_inner_blanks(self):
        text = "Facture 12".ljust(52) + "A" + " B".ljust(53) + "et la suite"
        line = Line(1_000, communication=text, information=((FREE, " fin " + "x" * 80), (FREE, "dernier")))
        expected = text.ljust(149) + (" fin " + "x" * 80).ljust(178) + "dernier"
        assert one(Paper((line,))).movements[0].communication == expected

    @pytest.mark.parametrize("kind", ["101", "102"])
    def test_ogm(self, kind):
        line = Line(1_000, structured=STRUCTURED, communication=f"{kind}090933755493")
        assert one(Paper((line,))).movements[0].structured == Structured("ogm", "+++090/9337/55493+++")

    def test_ogm_with_wrong_check_stays_text(self):
        line = Line(1_000, structured=STRUCTURED, communication="101090933755494")
        assert one(Paper((line,))).movements[0].structured == Structured("coda-101", "090933755494")

    def test_check_digits_97_for_no_remainder(self):
        line = Line(1_000, structured=STRUCTURED, communication="101000000009797")
        assert one(Paper((line,))).movements[0].structured == Structured("ogm", "+++000/0000/09797+++")

    def test_figures_in_free_text_or_another_type_are_no_ogm(self):
        free = Line(1_000, communication="101090933755493")
        card = Line(1_000, sequence=2, structured=STRUCTURED, communication="105090933755493")
        first, second = one(Paper((free, card))).movements
        assert (first.structured, first.communication) == (None, "101090933755493")
        assert second.structured == Structured("coda-105", "090933755493")

    def test_creditor_reference(self):
        line = Line(1_000, structured=STRUCTURED, communication="100RF18539007547034")
        assert one(Paper((line,))).movements[0].structured == Structured("rf", "RF18539007547034")

    @pytest.mark.parametrize(("kind", "width"), [("111", 16), ("113", 16), ("115", 16), ("124", 20)])
    def test_card_numbers_leave_the_file_masked(self, kind, width):
        card = "6703123412341234".ljust(width)
        line = Line(-1_000, structured=STRUCTURED, communication=f"{kind}{card}1000000Magasin")
        (movement,) = one(Paper((line,))).movements
        assert movement.structured.kind == f"coda-{kind}"
        assert "670312341234" not in repr(movement)
        assert movement.structured.value.endswith("Magasin")

    def test_structured_information_stays_beside_the_communication(self):
        line = Line(1_000, communication="Loyer", information=((STRUCTURED, "001Marie Martin"),))
        (movement,) = one(Paper((line,))).movements
        assert movement.communication == "Loyer"
        assert movement.information == (Structured("coda-001", "Marie Martin"),)
        assert movement.counterparty == "Marie Martin"

    @pytest.mark.parametrize(
        ("written_as", "key"),
        [
            ("BE71 0961 2345 6769", "BE71096123456769"),
            ("378-1568321-22", "BE19378156832122"),
            ("000000000000", ""),
            ("FR7630006000011234567890189", "FR7630006000011234567890189"),
            ("BE71096123456769 EUR X", "BE71096123456769"),
        ],
    )
    def test_counterparty_account_as_banks_write_it(self, written_as, key):
        assert one(Paper((Line(1_000, account=written_as),))).movements[0].counterparty_account == key


class TestGlobalisation:
    def test_details_hang_under_their_total_and_count_once(self):
        lines = (
            Line(-30_000, kind="1"),
            Line(-10_000, detail=1, kind="5", name="Anne"),
            Line(-20_000, detail=2, kind="5", name="Bart"),
            Line(5_000, sequence=2),
        )
        statement = one(Paper(lines))
        assert [movement.amount for movement in statement.movements] == [Decimal(-30), Decimal(5)]
        assert [detail.counterparty for detail in statement.movements[0].details] == ["Anne", "Bart"]
        assert statement.warnings == ()

    def test_details_of_details(self):
        lines = (
            Line(9_000, kind="2"),
            Line(4_000, detail=1, kind="6"),
            Line(5_000, detail=2, kind="7"),
            Line(6_000, detail=3, kind="9"),
            Line(-1_000, detail=4, kind="9"),
        )
        (total,) = one(Paper(lines)).movements
        assert [detail.detail for detail in total.details] == ["0001", "0002"]
        assert [detail.amount for detail in total.details[1].details] == [Decimal(6), Decimal(-1)]

    def test_total_without_details(self):
        assert one(Paper((Line(9_000, kind="1"),))).movements[0].details == ()

    def test_details_that_do_not_sum_are_a_warning(self):
        (note,) = one(Paper((Line(9_000, kind="1"), Line(8_000, detail=1, kind="5")))).warnings
        assert "do not sum" in note.text

    def test_detail_without_its_total(self):
        refused = refusal(written(Paper((SALE, Line(8_000, sequence=2, detail=1, kind="5")))))
        assert (refused.line, "does not follow what it belongs to" in refused.message) == (6, True)

    def test_detail_without_date_is_booked_with_its_total(self):
        lines = (Line(9_000, kind="1"), Line(9_000, detail=1, kind="5", booked="000000"))
        assert one(Paper(lines)).movements[0].details[0].booked == datetime.date(2026, 1, 15)


class TestOrder:
    def test_a_movement_needs_a_booking_date(self):
        assert "no booking date" in refusal(written(Paper((Line(1_000, booked="000000"),)))).message

    def test_a_new_balance_needs_a_date(self):
        assert "has no date" in refusal(written(Paper((SALE,), new_date="000000"))).message

    def test_an_old_balance_after_the_new_one_is_a_warning(self):
        assert "later than" in one(Paper((SALE,), old_date="160126")).warnings[0].text

    def test_numbers_of_records_1_and_8_that_differ_are_a_warning(self):
        assert "'001', '002'" in coda.read(changed(Paper((SALE,)), 5, 1, "002"))[0].warnings[0].text

    @pytest.mark.parametrize(("start", "text"), [(61, "7"), (2, "00x1")])
    def test_odd_marks_in_a_movement(self, start, text):
        assert refusal(changed(Paper((SALE,)), 2, start, text)).line == 3

    def test_odd_mark_in_information(self):
        paper = Paper((Line(1_000, information=((FREE, "x" * 200),)),))
        assert refusal(changed(paper, 3, 39, "7")).line == 4
        assert refusal(changed(paper, 4, 6, "0009")).line == 5
        assert refusal(changed(paper, 5, 1, "2")).line == 6

    @pytest.mark.parametrize(
        ("record", "start", "text"),
        [
            (3, 2, "00020000"),  # 2.2 of another movement
            (4, 1, "2"),  # 2.2 twice
            (4, 1, "9"),  # no such record 2
            (3, 0, "32"),  # 3.2 without 3.1
            (2, 0, "31"),  # information of nothing
            (1, 0, "8"),  # new balance of nothing
            (5, 0, "1"),  # two old balances
            (5, 0, "0"),  # header inside
        ],
    )
    def test_records_out_of_place(self, record, start, text):
        refused = refusal(changed(Paper((SALE,)), record, start, text))
        assert refused.line >= 1
        assert refused.message


def test_ten_thousand_movements_are_read_in_no_time():
    lines = tuple(
        Line(1_000 + number, sequence=number, name="Nom", communication=f"Facture {number}", customer="X")
        for number in range(1, 10_001)
    )
    content = written(Paper(lines))
    spent = []
    for _ in range(3):
        start = time.process_time()
        (statement,) = coda.read(content)
        spent.append(time.process_time() - start)
    assert len(statement.movements) == 10_000
    assert min(spent) < (0.4 if sys.gettrace() is None else 4), spent  # coverage traces every line
