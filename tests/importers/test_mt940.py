"""MT940 as banks write it, and as nobody should."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal

import mt940 as library
import pytest
from beancoop_importers.importers import Mt940Importer
from beancoop_importers.ingest.run import import_files
from beancoop_importers.model.statement import MAX_BYTES, Refused, Structured
from beancoop_importers.readers.mt940 import read, recognises
from beancoop_importers.readers.sources import format_of
from coda_writer import Line as CodaLine
from coda_writer import Paper as CodaPaper
from coda_writer import coda
from cooperative import OWN, found
from hypothesis import given, settings
from hypothesis import strategies as st
from mt940_writer import IBAN, Line, Paper, folded, mt940, text_of

SALE = Line("100.00", bank="B1", texts=("/ORDP//NAME/Boulangerie Dupont/REMI/Facture 12",))
RENT = Line("-40.50", bank="B2", texts=("Loyer janvier",))


def only(*lines: Line, **changes):
    (statement,) = read(mt940(Paper(lines, **changes)))
    return statement


def first(*texts: str, **changes):
    return only(Line("100.00", texts=texts, **changes)).movements[0]


def why(data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        read(data)
    return f"line {refused.value.line}: {refused.value.message}" if refused.value.line else refused.value.message


class TestFacts:
    def test_a_statement(self):
        data = mt940(Paper((SALE, RENT), old="10.00"))
        assert recognises(data[:512])
        (statement,) = read(data)
        assert (statement.format, statement.iban, statement.currency) == ("mt940", "BE68539007547034", "EUR")
        assert (statement.old_balance, statement.new_balance) == (Decimal("10.00"), Decimal("69.50"))
        assert (str(statement.old_date), str(statement.new_date)) == ("2026-01-14", "2026-01-15")
        assert [one.amount for one in statement.movements] == [Decimal("100.00"), Decimal("-40.50")]
        assert (statement.number, statement.warnings, statement.unproved) == ("12", (), None)
        assert (statement.first_line, statement.last_line) == (1, 9)

    def test_each_movement_keeps_its_line_of_the_file(self):
        two = only(SALE, Line("1.00", supplement="/TRCD/00100/", texts=("deux\r\nlignes",)), RENT)
        assert [one.line for one in two.movements] == [5, 7, 11]

    @pytest.mark.parametrize(
        ("mark", "amount", "sign"),
        [("C", "1.00", "1.00"), ("D", "-1.00", "-1.00"), ("RC", "-1.00", "-1.00"), ("RD", "1.00", "1.00")],
    )
    def test_the_reversal_of_a_credit_is_paid_and_that_of_a_debit_received(self, mark, amount, sign):
        assert only(Line(amount, mark=mark)).movements[0].amount == Decimal(sign)

    @pytest.mark.parametrize("funds", ["R", "D", "C", "N"])
    def test_the_third_letter_of_the_currency_after_the_mark_is_no_mark(self, funds):
        assert [one.amount for one in only(Line("1.00", funds=funds), Line("-2.00", funds=funds)).movements] == [1, -2]

    @pytest.mark.parametrize(
        ("value", "entry", "booked"),
        [
            ("251231", "0102", "2026-01-02"),
            ("260102", "1231", "2025-12-31"),
            ("260115", "0115", "2026-01-15"),
            ("240228", "0229", "2024-02-29"),
        ],
    )
    def test_the_entry_date_takes_the_year_that_is_nearest(self, value, entry, booked):
        (movement,) = only(Line("1.00", value=value, entry=entry), old_date="230101").movements
        assert str(movement.booked) == booked

    def test_without_entry_date_a_movement_is_booked_between_the_balances_that_count_it(self):
        """Else the balance asserted the day before would be wrong."""
        days = [only(Line("1.00", value=day, entry=""), new_date="260117") for day in ("260110", "260116", "260120")]
        assert [str(one.movements[0].booked) for one in days] == ["2026-01-15", "2026-01-16", "2026-01-17"]
        assert [str(one.movements[0].value_date) for one in days] == ["2026-01-10", "2026-01-16", "2026-01-20"]
        assert [len(one.warnings) for one in days] == [1, 0, 1]

    def test_a_movement_entered_after_the_balance_that_counts_it_is_booked_on_its_day(self):
        statement = only(Line("1.00", entry="0118"))
        assert statement.movements[0].booked == datetime.date(2026, 1, 15)
        assert "entered on 2026-01-18 counts in the balance of 2026-01-15" in statement.warnings[0].text

    def test_30_february_is_the_last_of_the_month(self):
        statement = only(Line("1.00", value="260230", entry="0302"), new_date="260302")
        assert statement.movements[0].value_date == datetime.date(2026, 2, 28)
        assert statement.warnings[0].line == 5

    def test_amounts_with_or_without_decimals_and_with_zeros_before(self):
        text = text_of(Paper((Line("500"), Line("12.5")), old="7.25", new="519.75"))
        text = text.replace("C500,N", "C500N").replace("C7,25", "C000000000007,25").replace("C12,5", "C0000000000012,5")
        (statement,) = read(text.encode())
        assert (statement.old_balance, statement.new_balance) == (Decimal("7.25"), Decimal("519.75"))
        assert [one.amount for one in statement.movements] == [Decimal(500), Decimal("12.5")]

    def test_several_statements_and_accounts_stay_apart(self):
        papers = (Paper((SALE,)), Paper((RENT,), account=OWN), Paper((RENT,), currency="USD"))
        statements = read(mt940(*papers))
        assert [(one.iban, one.currency, len(one.movements)) for one in statements] == [
            ("BE68539007547034", "EUR", 1),
            ("BE71096123456769", "EUR", 1),
            ("BE68539007547034", "USD", 1),
        ]

    def test_a_movement_without_details_keeps_its_own_place(self):
        statement = only(Line("1.00"), Line("2.00", texts=("deux",)), Line("3.00"))
        assert [one.communication for one in statement.movements] == ["", "deux", ""]


class TestAccounts:
    @pytest.mark.parametrize(
        ("written", "key"),
        [
            ("BE68 5390 0754 7034", "BE68539007547034"),
            ("BE68539007547034EUR", "BE68539007547034"),
            ("BE68539007547034 EUR", "BE68539007547034"),
            ("BBRUBEBB/BE68539007547034", "BE68539007547034"),
            ("539-0075470-34", "BE68539007547034"),
            ("50880050/0194774600888", "508800500194774600888"),
            ("EUR", "EUR"),
        ],
    )
    def test_an_account_is_normalised_whatever_the_bank_puts_around_it(self, written, key):
        statement = only(SALE, account=written)
        assert (statement.account, statement.iban) == (written, key)

    def test_wrong_check_digits_are_told(self):
        assert "check digits" in only(SALE, account="BE69539007547034").warnings[0].text

    @pytest.mark.parametrize(
        ("written", "number", "identity"),
        [
            ("00004/00001", "00004", "00004"),
            ("0000\r\n0", "000", "000@0.00"),
            ("0", "000", "000@0.00"),
            ("1810118101", "1810118101", "1810118101"),
            ("", "000", "000@0.00"),
        ],
    )
    def test_a_number_that_is_none_does_not_name_the_statement(self, written, number, identity):
        statement = only(SALE, number=written)
        assert (statement.number, statement.identity) == (number, identity)


class TestPages:
    ONE = Paper((SALE,), closing="62M", number="7/1")
    TWO = Paper((RENT,), old="100.00", opening="60M", number="7/2")

    def test_pages_make_one_statement(self):
        (statement,) = read(mt940(self.ONE, self.TWO))
        assert (statement.old_balance, statement.new_balance) == (Decimal("0.00"), Decimal("59.50"))
        assert [one.sequence for one in statement.movements] == ["0001", "0002"]
        assert (statement.number, statement.identity, statement.warnings) == ("7", "7", ())

    def test_three_pages(self):
        middle = Paper((RENT,), old="100.00", opening="60M", closing="62M", number="7/2")
        last = Paper((RENT,), old="59.50", opening="60M", number="7/3")
        (statement,) = read(mt940(self.ONE, middle, last))
        assert (len(statement.movements), statement.new_balance) == (3, Decimal("19.00"))

    def test_a_page_that_is_missing_in_between_is_refused(self):
        last = Paper((RENT,), old="59.50", opening="60M", number="7/3")
        assert "line 12: the page begins at 59.50, but the one before it ends at 100.00 (line 7)" in why(
            mt940(self.ONE, last)
        )

    def test_each_page_must_prove_itself(self):
        assert "but the new balance is 99.00" in why(mt940(self.ONE.but(new="99.00"), self.TWO.but(old="99.00")))

    def test_a_page_alone_is_read_and_said_to_be_one(self):
        (before,) = read(mt940(self.ONE))
        (after,) = read(mt940(self.TWO))
        assert "goes on on a page that is not in this file" in before.warnings[0].text
        assert "begins on a page that is not in this file" in after.warnings[0].text
        assert (before.identity, after.identity) == ("7", "7/2")

    def test_pages_of_another_account_are_not_joined(self):
        assert len(read(mt940(self.ONE, self.TWO.but(account=OWN)))) == 2


class TestText:
    def test_code_words_of_rabobank(self):
        movement = first(
            folded(
                "/ORDP//NAME/R. SMITH/ADDR/Green market 74 3311BE Sheepcity Nederland/REMI/Test money: paid/ISDT/2026"
            ),
            supplement="BE71096123456769",
        )
        assert (movement.counterparty, movement.communication) == ("R. SMITH", "Test money: paid")
        assert movement.counterparty_account == "BE71096123456769"

    def test_code_words_of_ing(self):
        """The bank counts the tag with the 65 characters of the first line."""
        text = (
            "/EREF/E2E-1//MARF/MND-1//CSID/BE69ZZZ050D000000008//CNTP/BE71096123456769/GKCCBEBB/Boulangerie Dupont/Gent"
        )
        rest = "///REMI/USTD//Facture 12/"
        movement = first(f"{text[:61]}\r\n{folded(text[61:] + rest)}", supplement="/TRCD/00100/")
        assert (movement.counterparty, movement.counterparty_bic) == ("Boulangerie Dupont", "GKCCBEBB")
        assert (movement.counterparty_account, movement.customer_reference) == ("BE71096123456769", "E2E-1")
        assert (movement.communication, movement.code) == ("Facture 12", "NTRF-00100")
        assert movement.information == (
            Structured("mt940-mandate", "MND-1"),
            Structured("mt940-creditor", "BE69ZZZ050D000000008"),
        )

    def test_code_words_of_abn(self):
        movement = first(
            "/TRTP/SEPA OVERBOEKING/IBAN/FR12345678901234/BIC/GEFRADAM\r\n"
            "/NAME/QASD JGRED/REMI/Dit zijn de omschrijvingsregels/EREF/NOTPRO\r\nVIDED"
        )
        assert (movement.counterparty, movement.counterparty_account) == ("QASD JGRED", "FR12345678901234")
        assert (movement.counterparty_bic, movement.customer_reference) == ("GEFRADAM", "")
        assert movement.communication == "Dit zijn de omschrijvingsregels"

    def test_numbered_parts_of_german_banks(self):
        text = (
            "166?00GUTSCHRIFT?109310?20EREF+E2E-1?21SVWZ+Rechnung Nr. 12 und no?22ch eine?23dritte"
            "?30GENODEF1XXX?31DE42100100100043921105?32Bäckerei Dupont und Söhne G?33mbH?34000?60 Ende"
        )
        movement = first(folded(text))
        assert movement.counterparty == "Bäckerei Dupont und Söhne GmbH"
        assert movement.counterparty_account == "DE42100100100043921105"
        assert movement.counterparty_bic == "GENODEF1XXX"
        assert (movement.customer_reference, movement.code) == ("E2E-1", "NTRF-166")
        assert movement.communication == "Rechnung Nr. 12 und noch eine dritte  Ende"

    def test_numbered_parts_of_triodos(self):
        movement = first("000>100BE71096123456769>20ALGEMENE >21REKENING>30GKCCBEBB>31BE71096123456769>32Dupont")
        assert (movement.counterparty, movement.counterparty_account) == ("Dupont", "BE71096123456769")

    def test_numbered_parts_without_purpose_say_what_kind_it_is(self):
        assert first("805?00ENTGELTABSCHLUSS?106666").communication == "ENTGELTABSCHLUSS"

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("facture +++090/9337/55493+++ merci", Structured("ogm", "+++090/9337/55493+++")),
            ("***090/9337/55493***", Structured("ogm", "+++090/9337/55493+++")),
            ("+++090/9337/55494+++", None),
            ("/REMI/USTD//+++090/9337/55493+++/", Structured("ogm", "+++090/9337/55493+++")),
            ("/REMI/STRD/BBA/090933755493/", Structured("ogm", "+++090/9337/55493+++")),
            ("/REMI/STRD/BBA/+++090/9337/55493+++/", Structured("ogm", "+++090/9337/55493+++")),
            ("/REMI/STRD/BBA/090933755494/", Structured("mt940-reference", "090933755494")),
            ("/REMI/STRD/ISO/RF18539007547034/", Structured("rf", "RF18539007547034")),
            ("/REMI/STRD/CUR/9001123412341234/", Structured("mt940-reference", "9001123412341234")),
            ("/REMI/STRD/RF18539007547034/", Structured("rf", "RF18539007547034")),
            (
                "/REMI//CDTRREFTP//CD/SCOR/ISSR/CUR/CDTRREF/9001123412341234",
                Structured("mt940-reference", "9001123412341234"),
            ),
            ("166?20SVWZ++++090/9337/55493+++", Structured("ogm", "+++090/9337/55493+++")),
            ("RF18 5390 0754 7034", Structured("rf", "RF18539007547034")),
            ("RF19 5390 0754 7034", None),
        ],
    )
    def test_structured_communication(self, text, expected):
        assert first(text).structured == expected

    def test_a_return_says_its_reason(self):
        assert first("/RTRN/MS03//EREF/E/").return_reason == "MS03"

    def test_a_text_that_fills_its_line_runs_on_and_a_shorter_one_does_not(self):
        assert first(f"{'x' * 65}\r\ny\r\nz").communication == f"{'x' * 65}y z"

    def test_several_fields_of_information_belong_to_one_movement(self):
        assert first("un  deux", "trois").communication == "un  deux trois"

    def test_information_of_the_bank_s_own_field(self):
        assert first("01Loyer\r\n02janvier", tag="NS").communication == "Loyer janvier"

    def test_information_about_the_statement_belongs_to_no_movement(self):
        statement = only(SALE, tail=":86:/SUM/1/0/100,00/0,/\r\n-")
        assert statement.movements[0].communication == "Facture 12"

    @pytest.mark.parametrize(
        ("reference", "bank", "customer", "name"),
        [
            ("NONREF", "", "", ""),
            ("EREF", "", "", ""),
            ("12345", "", "12345", ""),
            ("0121470966      W.P. Jansen", "", "0121470966", "W.P. Jansen"),
            ("BIPI-dvT1FzfMqvzF5HaU4oetlH7", "202207061639153", "BIPI-dvT1FzfMqvzF5HaU4oetlH7", ""),
            ("X", "0000000000", "X", ""),
        ],
    )
    def test_references(self, reference, bank, customer, name):
        movement = first(reference=reference, bank=bank)
        assert (movement.customer_reference, movement.counterparty) == (customer, name)
        assert movement.bank_reference == movement.identity == bank.strip("0")

    def test_an_account_in_place_of_the_reference(self):
        """As ASN and SNS write it, the name below."""
        movement = first(
            "BE71096123456769 hr dupont\r\n\r\nBetaling", reference="BE71096123456769", supplement="hr dupont"
        )
        assert (movement.counterparty_account, movement.customer_reference) == ("BE71096123456769", "")
        assert movement.communication == "BE71096123456769 hr dupont  Betaling"

    def test_a_movement_that_nothing_explains_says_what_stands_below_it(self):
        assert first(supplement="Csoportos átutalás").communication == "Csoportos átutalás"

    @pytest.mark.parametrize("charset", ["utf-8", "cp1252", "utf-8-sig"])
    def test_letters_in_any_character_set(self, charset):
        data = text_of(Paper((Line("1.00", texts=("Société Éclair",)),))).encode(charset)
        assert recognises(data)
        assert read(data)[0].movements[0].communication == "Société Éclair"

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    @pytest.mark.parametrize("tail", ["", "-", "-}", "-XXX", "-\x03", "-\r\n}\r\n{5:}"])
    def test_line_ends_and_what_ends_a_message(self, end, tail):
        text = text_of(Paper((SALE,), tail=tail), Paper((RENT,), head="{1:F01}{2:I940}{4:", old="100.00", tail=tail))
        assert [len(one.movements) for one in read(text.replace("\r\n", end).rstrip().encode())] == [1, 1]

    @pytest.mark.parametrize(
        "head", ["0000 01INGBNL2AXXXX00001\r\n940 00", "{1:F01}\r\n{4:", ":940:", "ABNANL2A\r\n940", "\x01"]
    )
    def test_the_envelope_says_nothing(self, head):
        data = mt940(Paper((SALE,), head=head), Paper((RENT,), head=head, old="100.00"))
        assert format_of(data) == "mt940"
        assert len(read(data)) == 2


class TestRefusals:
    def test_figures_that_do_not_agree(self):
        assert why(mt940(Paper((SALE,), new="99.99"))).startswith(
            "line 7: the old balance 0.00 and the movements, 100.00 in all, make 100.00, but the new balance is 99.99; "
        )

    @pytest.mark.parametrize(
        ("field", "reason"),
        [
            (":20:", "line 1: the file begins with field :25: and not with :20:"),
            (":25:", "line 1: the statement has no account (:25:)"),
            (":60F:", "line 1: the statement has no opening balance (:60F:)"),
            (":62F:", "line 1: the statement has no closing balance (:62F:)"),
        ],
    )
    def test_a_fragment(self, field, reason):
        rows = [row for row in text_of(Paper((SALE,))).splitlines() if not row.startswith(field)]
        assert reason in why("\n".join(rows).encode())

    def test_a_report_during_the_day(self):
        assert "MT942" in why(b":20:X\n:25:BE68539007547034\n:28C:1\n:34F:EUR0\n:13D:2601151815+0100\n:90D:0EUR0,\n")

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ((":61:2601150115C100,00NTRF", ":61:2601150115C100.00NTRF"), "line 5: '2601150115C100.00NTRF"),
            ((":61:2601150115C100,00NTRF", ":61:2601150115E100,00NTRF"), "line 5: '2601150115E100,00NTRF"),
            ((":61:2601150115C100,00NTRFNONREF", ":61:2601150115C100,00"), "line 5: '2601150115C100,00' is no"),
            ((":61:260115", ":61:261315"), "line 5: '261315' is no date"),
            (("0115C", "0230C"), "line 5: '0230' is no date"),
            (("C100,00N", "C1234567890123456,00N"), "is no movement"),
            (("C260115EUR100,00", "C260115EUR100.00"), "line 7: 'C260115EUR100.00' is no balance"),
            (("C260115EUR100,00", "C260115100,00"), "line 7: 'C260115100,00' is no balance"),
            (("C260115EUR100,00", "C260115EUR100,00x"), "line 7: 'C260115EUR100,00x' is no balance"),
            (("C260115EUR", "C260132EUR"), "line 7: 'C260132EUR100,00' is no balance"),
            (("C260114EUR", "C260114USD"), "line 7: the old balance is in USD, the new one in EUR"),
            (
                (":28C:", ":25:BE71096123456769\r\n:28C:"),
                "line 3: the statement begun at line 1 has a second field :25:",
            ),
            (("-\r\n", ":28C:13/1\r\n"), "line 8: the statement begun at line 1 has a second field :28C:"),
            ((":62F:", ":60F:C260114EUR0,\r\n:62F:"), "line 7: the statement begun at line 1 has a second field :60F:"),
            (("-\r\n", ":61:2601150115C1,00NTRFX\r\n"), "line 8: the movement stands after the new balance"),
            (("-\r\n", ":2\r\n"), "line 8: ':2' looks like a field and is none"),
        ],
    )
    def test_a_field_that_is_not_what_its_tag_says(self, change, reason):
        text = text_of(Paper((Line("100.00", texts=("Facture",)),)))
        before, after = change
        assert before in text
        assert reason in why(text.replace(before, after, 1).encode())

    def test_a_movement_without_type_is_not_lost(self):
        """The library puts the next one in its place."""
        assert "is no movement" in why(
            b":20:X\n:25:1\n:60F:C260114EUR0,\n:61:260115C1,00\n:61:260115C2,00NTRF\n:62F:C260115EUR2,\n"
        )

    def test_a_field_nobody_knows_is_told(self):
        (statement,) = read(text_of(Paper((SALE,))).replace(":62F:", ":71A:SHA\r\n:62F:").encode())
        assert statement.warnings[0] == (7, "a field :71A: is unknown in a statement; it is left out. [BC762]")

    def test_too_big(self):
        assert "more than the 50,000,000" in why(b" " * (MAX_BYTES + 1))

    @pytest.mark.parametrize("data", [b"", b"\n\n", b"Date;Montant\n"])
    def test_no_mt940_at_all(self, data):
        assert not recognises(data)
        assert why(data)

    def test_a_name_that_is_a_file_is_not_opened(self, tmp_path, monkeypatch):
        """The library reads the file that its text is the name of."""
        monkeypatch.chdir(tmp_path)
        (tmp_path / ":20:X").write_bytes(mt940(Paper((SALE,))))
        assert "no account" in why(b":20:X")

    @given(st.binary(max_size=300))
    def test_any_bytes_are_refused_in_words(self, data):
        assert why(data)

    @given(st.text(st.sampled_from(":0123456789CDRFM,/\n -EURNT")).map(lambda text: f":20:X\n:25:1\n{text}".encode()))
    @settings(max_examples=300)
    def test_any_fields_are_refused_in_words(self, data):
        assert why(data)


class TestBooking:
    @pytest.fixture
    def cooperative(self, tmp_path):
        (tmp_path / "ledgers").mkdir()
        return found(tmp_path / "ledgers")

    @pytest.fixture
    def take(self, cooperative, tmp_path):
        def take(data: bytes, name: str = "bank.sta"):
            file = tmp_path / name
            file.write_bytes(data)
            (result,) = import_files(cooperative.main, [file])
            return result

        return take

    def test_a_statement_is_booked_and_asserted(self, cooperative, take):
        result = take(mt940(Paper((SALE, RENT))))
        assert (result.refusal, result.booked, result.warnings) == (None, 2, ())
        sale = cooperative.movements()[0]
        assert (sale.payee, sale.narration) == ("Boulangerie Dupont", "Facture 12")
        assert sale.meta["bank-ref"] == "mt940/BE68539007547034/EUR/2026-01-15/B1"
        assert [str(one.amount) for one in cooperative.balances()] == ["59.50 EUR"]
        assert cooperative.errors() == []

    def test_the_same_file_again_adds_nothing(self, take):
        take(mt940(Paper((SALE, RENT))))
        assert (again := take(mt940(Paper((SALE, RENT))))).refusal is None
        assert (again.booked, again.skipped) == (0, 2)

    def test_identical_twins_are_two_payments(self, cooperative, take):
        twin = Line("25.00", texts=("Cotisation",))
        assert take(mt940(Paper((twin, twin)))).booked == 2
        assert take(mt940(Paper((twin, twin)))).booked == 0
        assert len(cooperative.movements()) == 2

    def test_a_bank_reference_used_twice_is_two_payments(self, take):
        assert take(mt940(Paper((SALE, SALE)))).booked == 2
        assert take(mt940(Paper((SALE, SALE)))).skipped == 2

    def test_statements_without_number_of_one_day_stay_apart(self, cooperative, take):
        morning = Paper((Line("25.00", texts=("Cotisation",)),), number="0")
        assert take(mt940(morning, morning.but(old="25.00"))).booked == 2
        assert [str(one.amount) for one in cooperative.balances()] == ["50.00 EUR"]
        assert cooperative.errors() == []

    def test_periods_that_overlap_share_what_the_bank_names(self, cooperative, take):
        take(mt940(Paper((SALE,))))
        later = Line("5.00", entry="0116", value="260116", bank="B9")
        result = take(mt940(Paper((SALE, later), new_date="260116", number="13/1")))
        assert (result.refusal, result.booked, result.skipped) == (None, 1, 1)
        assert cooperative.errors() == []

    def test_periods_that_overlap_without_names_are_refused(self, take):
        nameless = Line("25.00", texts=("Cotisation",))
        take(mt940(Paper((nameless,))))
        result = take(mt940(Paper((nameless, nameless), new_date="260116", number="13/1")))
        assert "they may be the same" in str(result.refusal)

    def test_the_same_name_with_another_amount_is_refused(self, take):
        take(mt940(Paper((SALE,))))
        result = take(mt940(Paper((Line("99.00", bank="B1"),))))
        assert "the ledger holds another movement as" in str(result.refusal)

    def test_coda_has_the_day_already(self, cooperative, take):
        take(coda(CodaPaper((CodaLine(100_000),))))
        assert "keep to one format" in str(take(mt940(Paper((SALE,)))).refusal).lower()

    def test_pages_assert_the_last_balance_alone(self, cooperative, take):
        pages = mt940(TestPages.ONE, TestPages.TWO.but(lines=(Line("-1.00"),), new_date="260116"))
        assert take(pages).booked == 2
        assert [(str(one.date), str(one.amount)) for one in cooperative.balances()] == [("2026-01-17", "99.00 EUR")]
        assert cooperative.errors() == []

    def test_a_third_decimal_is_refused(self, take):
        assert "third decimal" in str(take(mt940(Paper((Line("1.005"),)))).refusal)

    def test_a_refusal_names_file_and_line_and_leaves_the_ledger_alone(self, cooperative, take):
        before = cooperative.files()
        result = take(mt940(Paper((SALE,), new="1.00")))
        assert "bank.sta:7: the old balance" in str(result.refusal)
        assert cooperative.files() == before

    def test_card_numbers_are_masked(self, cooperative, take):
        take(mt940(Paper((Line("-5.00", texts=("BEA 4111 1111 1111 1111 GENT",)),))))
        assert cooperative.movements()[0].narration == "BEA ****1111 GENT"

    def test_the_importer_of_fava(self, cooperative, tmp_path):
        file = tmp_path / "bank.sta"
        file.write_bytes(mt940(Paper((SALE,))))
        importer = Mt940Importer(cooperative.main)
        assert importer.identify(str(file))
        assert importer.account(str(file)) == "Assets:55:5500-Banque"
        assert len(importer.extract(str(file), [])) == 2


PRINTED = st.text(st.characters(codec="cp1252", exclude_categories=("Cc", "Cs", "Zs")), min_size=1, max_size=10)
WORDS = st.lists(PRINTED, min_size=1, max_size=8).map(" ".join)
DAYS = st.dates(datetime.date(2001, 1, 2), datetime.date(2098, 12, 30)).filter(lambda day: f"{day:%m%d}" != "0229")
"""Without the days that the library looks for in the year of the value date, where they may not be; see below."""
AMOUNTS = st.integers(-(10**12), 10**12).map(lambda cents: f"{Decimal(cents) / 100:.2f}")


@st.composite
def papers(draw):
    day = draw(DAYS)
    lines = [
        Line(
            draw(AMOUNTS),
            entry=f"{day:%m%d}",
            value=f"{day - datetime.timedelta(days=draw(st.integers(0, 150))):%y%m%d}",
            funds=draw(st.sampled_from(["", "R", "D"])),
            bank=draw(st.from_regex(r"[1-9A-Z][0-9A-Z]{0,15}", fullmatch=True)),
            texts=(folded(f"/NAME/{draw(WORDS.filter(lambda text: '/' not in text))}/REMI/{draw(WORDS)}"),),
        )
        for _ in range(draw(st.integers(0, 4)))
    ]
    return Paper(
        tuple(lines),
        old=draw(AMOUNTS),
        number=draw(st.from_regex(r"[1-9][0-9]{0,4}(/1)?", fullmatch=True)),
        account=draw(st.sampled_from([IBAN, OWN])),
        currency=draw(st.sampled_from(["EUR", "USD"])),
        old_date=f"{day - datetime.timedelta(days=1):%y%m%d}",
        new_date=f"{day:%y%m%d}",
    )


def test_a_leap_day_is_that_of_the_statement_whatever_the_value_date():
    line = Line("1.00", entry="0229", value="031231")
    (statement,) = read(text_of(Paper((line,), old_date="040228", new_date="040229")).encode())
    assert [each.booked for each in statement.movements] == [datetime.date(2004, 2, 29)]
    assert [each.value_date for each in statement.movements] == [datetime.date(2003, 12, 31)]


def balances(statement) -> tuple[Decimal, Decimal]:
    """Give the balances that the library reads."""
    old, new = statement.data["final_opening_balance"], statement.data["final_closing_balance"]
    return old.amount.amount, new.amount.amount


@given(st.lists(papers(), min_size=1, max_size=3), st.sampled_from(["cp1252", "utf-8"]))
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read(written, charset):
    text = text_of(*written)
    statements = read(text.encode(charset))
    theirs = library.parse_statements(io.StringIO(text), options=library.Options.all())
    for paper, statement, other in zip(written, statements, theirs, strict=True):
        assert (statement.iban, statement.currency) == (paper.account, paper.currency)
        assert (statement.old_balance, statement.new_balance) == (Decimal(paper.old), Decimal(paper.reached()))
        assert (statement.old_balance, statement.new_balance) == balances(other)
        for line, movement, one in zip(paper.lines, statement.movements, other.transactions, strict=True):
            name, _, remittance = line.texts[0].replace("\r\n", "").removeprefix("/NAME/").partition("/REMI/")
            assert movement.amount == Decimal(line.amount) == one.data["amount"].amount
            assert f"{movement.booked:%m%d}" == line.entry
            assert f"{movement.booked:%y%m%d}" == paper.new_date
            assert movement.value_date == one.data["date"]
            assert (movement.bank_reference, movement.counterparty) == (line.bank, name)
            assert movement.communication == remittance.strip("/ ")
