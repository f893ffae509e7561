"""Bank exports as banks write them, and as nobody should."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal

import pytest
from beancoop_importers.model.statement import MAX_BYTES, Refused, Structured
from beancoop_importers.readers.csv import FORMATS, format_of, read
from beancoop_importers.readers.sources import format_of as format_of_file
from csv_writer import (
    ARGENTA_FR,
    BELFIUS,
    BNP,
    CRELAN,
    IBAN,
    ING,
    KBC,
    OTHER,
    STYLES,
    TRIODOS,
    TRIODOS_NL,
    WISE,
    Move,
    argenta,
    with_member,
)

SALE = Move("100.00", "2026-01-14", name="Boulangerie Dupont", account=OTHER, text="Facture 12", number="1")
RENT = Move("-40.50", "2026-01-15", "2026-01-16", text="Loyer", number="2")


def only(data: bytes):
    (statement,) = read(data)
    return statement


def why(data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        read(data)
    return f"line {refused.value.line}: {refused.value.message}" if refused.value.line else refused.value.message


def amounts(data: bytes) -> list[str]:
    return [str(one.amount) for one in only(data).movements]


def named(data: bytes) -> list[str]:
    return [one.identity for one in only(data).movements]


class TestEveryBank:
    @pytest.mark.parametrize("style", STYLES, ids=lambda style: style.cells.__name__)
    def test_the_facts_of_a_movement(self, style):
        data = style.write((SALE, RENT), "10.00")
        assert format_of(data[:4096]) == format_of_file(data[:4096]) == f"csv-{style.name}"
        statement = only(data)
        own = "WISE" if style is WISE else IBAN
        assert (statement.format, statement.iban, statement.currency) == (f"csv-{style.name}", own, "EUR")
        sale, rent = statement.movements
        assert (str(sale.booked), sale.amount, sale.counterparty) == (
            *("2026-01-14", Decimal("100.00")),
            "" if style is ING else "Boulangerie Dupont",  # ING puts the name among its details
        )
        assert sale.counterparty_account == OTHER
        assert "Facture 12" in sale.communication
        assert (str(rent.booked), rent.amount) == ("2026-01-15", Decimal("-40.50"))
        if style in (BELFIUS, KBC, ING, BNP):
            assert str(rent.value_date) == "2026-01-16"
        new = "None" if style is TRIODOS_NL else "69.50"  # which tells the balance before each movement
        balances = (
            ("2026-01-13", "10.00", "2026-01-15", new) if style.chained else ("None", "None", "2026-01-15", "None")
        )
        told = (statement.old_date, statement.old_balance, statement.new_date, statement.new_balance)
        assert tuple(map(str, told)) == balances
        assert statement.export
        assert (statement.unproved is None) is (style.chained and style is not TRIODOS_NL)
        assert statement.warnings == ()

    def test_every_format_is_written_here(self):
        assert {f"csv-{style.name}" for style in STYLES} | {"csv-argenta"} == set(FORMATS)

    @pytest.mark.parametrize("style", STYLES, ids=lambda style: style.cells.__name__)
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    @pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
    def test_encodings_and_line_ends(self, style, encoding, ends):
        data = style.but(ends=ends).write((SALE.but(name="Café Œuvre", text="dîner"),), encoding=encoding)
        assert format_of(data[:4096]) == f"csv-{style.name}"
        (movement,) = only(data).movements
        assert "dîner" in movement.communication
        assert movement.counterparty in {"Café Œuvre", ""}

    @pytest.mark.parametrize("style", STYLES, ids=lambda style: style.cells.__name__)
    def test_empty_rows_and_empty_fields_at_the_end_say_nothing(self, style):
        lines = style.write((SALE, RENT)).decode().split(style.ends)
        blank = style.delimiter * (len(style.cells(SALE, Decimal(0), Decimal(0))) - 1)
        spread = "\n".join(
            f"{line}\n{blank}\n\n" for line in [f"{line}{style.delimiter * 5}" for line in lines if line]
        )
        assert [one.amount for one in only(spread.encode()).movements] == [Decimal("100.00"), Decimal("-40.50")]

    @pytest.mark.parametrize("style", STYLES, ids=lambda style: style.cells.__name__)
    def test_either_order_is_put_right(self, style):
        for newest_first in (True, False):
            statement = only(style.but(newest_first=newest_first).write((SALE, RENT), "10.00"))
            assert [str(one.booked) for one in statement.movements] == ["2026-01-14", "2026-01-15"]

    @pytest.mark.parametrize("style", STYLES, ids=lambda style: style.cells.__name__)
    def test_no_movement_is_told(self, style):
        assert re_search("no movement|no bank|no line of the file", why(style.write(()) + b"\n"))

    @pytest.mark.parametrize("style", [one for one in STYLES if one.chained], ids=lambda style: style.cells.__name__)
    def test_a_row_that_does_not_follow_is_refused_with_its_line(self, style):
        moves = (SALE, RENT, SALE.but(booked="2026-01-16"), RENT.but(booked="2026-01-17"))
        lines = style.but(newest_first=False).write(moves).decode().split(style.ends)
        del lines[1 + bool(style.header)]
        reason = why(style.ends.join(lines).encode())
        assert reason.startswith(f"line {2 + bool(style.header)}: the balance 159.50 after 100.00 does not")

    @pytest.mark.parametrize("text", ['=cmd|"/c calc"!A1', "@SUM(A1)", 'dit "oui"', "\\", "<b>x</b>", "' drop"])
    @pytest.mark.parametrize("style", [KBC, TRIODOS, WISE], ids=lambda style: style.cells.__name__)
    def test_text_stays_text(self, style, text):
        (movement,) = only(style.write((SALE.but(name=text, text=text),))).movements
        assert (movement.counterparty, movement.communication) == (text, text)

    def test_a_file_too_big_is_refused(self):
        assert "ask the bank for shorter periods" in why(KBC.write((SALE,)) + b" " * MAX_BYTES)

    def test_what_no_bank_writes(self):
        assert format_of(b"Date;Label;Amount\n") is None
        assert "names the columns" in why(b"Date;Label;Amount\n01/01/2026;x;1,00\n")
        assert format_of(b"") is None


def re_search(pattern: str, text: str) -> bool:
    return any(one in text for one in pattern.split("|"))


def bnp(written: str) -> bytes:
    return BNP.write((SALE,)).replace(b";100.00;", f";{written};".encode())


class TestAmounts:
    @pytest.mark.parametrize(
        ("written", "read_as"),
        [("18", "18.00"), ("-33.6", "-33.60"), ("2750.00", "2750.00"), ("-12,05", "-12.05"), ("-0,00", "0.00")],
    )
    def test_bnp_mixes_commas_and_points(self, written, read_as):
        assert amounts(bnp(written)) == [read_as]

    @pytest.mark.parametrize("written", ["1,234", "1.234", "-12.345", "999,999"])
    def test_an_amount_that_can_be_read_in_two_ways_is_refused_with_its_line(self, written):
        assert why(bnp(written)).startswith(f"line 2: the amount {written!r} can be read in two")

    @pytest.mark.parametrize(
        "written", ["NOPE", "", "-", "1 234,50", "12,5O", "1.23,45", "1e3", "NaN", "1234.567", "--1"]
    )
    def test_what_is_no_amount_is_refused(self, written):
        assert "line 2:" in why(bnp(written))

    @pytest.mark.parametrize("written", ["12,5", "12", "12.5"])
    def test_a_bank_that_writes_two_decimals_wrote_no_other(self, written):
        data = BELFIUS.write((SALE,)).replace(b"100,00", written.encode())
        assert "is no amount; expected one such as -1234,50" in why(data)

    def test_thousands_where_they_leave_no_doubt(self):
        assert only(TRIODOS.write((SALE.but(amount="-1234567.89"),), "2000000.00")).new_balance == Decimal("765432.11")
        assert amounts(CRELAN.write((SALE.but(amount="1234.50"),))) == ["1234.50"]

    def test_crelan_writes_no_zero_before_the_point(self):
        statement = only(CRELAN.write((SALE.but(amount="1.00"), SALE.but(amount="-0.05"))))
        assert b";-.05;.95;" in CRELAN.write((SALE.but(amount="1.00"), SALE.but(amount="-0.05")))
        assert (statement.movements[1].amount, statement.new_balance) == (Decimal("-0.05"), Decimal("0.95"))

    @pytest.mark.parametrize("day", ["31/02/2026", "2026/01/15", "15/01/26", "1/1", "", "0001-01-01"])
    def test_what_is_no_date_is_refused(self, day):
        assert "is no date" in why(KBC.write((SALE,)).replace(b"14/01/2026", day.encode(), 1))

    def test_what_is_no_account_or_currency_is_refused(self):
        assert "is no account number" in why(CRELAN.write((SALE.but(own="BE68 5390 0754"),)))
        assert "is no currency" in why(CRELAN.write((SALE.but(currency="EURO"),)))


class TestFields:
    def test_quoted_line_ends_and_delimiters(self):
        data = WISE.write((SALE.but(text='a,b\n"c"\nd'),))
        assert only(data).movements[0].communication == 'a,b\n"c"\nd'

    def test_a_quotation_mark_that_is_text_swallows_no_row(self):
        moves = (
            SALE.but(name='"De Gouden', text='Appel"'),
            RENT.but(text='"x'),
            RENT.but(booked="2026-01-17", text='y"'),
        )
        assert [one.communication for one in only(KBC.write(moves)).movements] == ['Appel"', '"x', 'y"']

    def test_tabs_part_fields_too(self):
        assert amounts(KBC.but(delimiter="\t").write((SALE,))) == ["100.00"]

    def test_a_letter_cut_by_the_end_of_the_head_is_no_matter(self):
        data = KBC.write((SALE.but(text="é" * 60),) * 20)
        for size in (4096, 4095):
            assert format_of(data[:size]) == "csv-kbc"

    def test_a_date_that_does_not_follow_the_balances_is_told(self):
        data = KBC.write((SALE, RENT, SALE.but(booked="2026-01-16"))).replace(b"15/01/2026", b"25/01/2026")
        (note,) = only(data).warnings
        assert (note.line, note.text[:36]) == (2, "the movement is dated 2026-01-16, be")

    def test_a_row_cut_short_is_refused(self):
        assert "has 10 fields and the header 18" in why(";".join(KBC.write((SALE,)).decode().split(";")[:27]).encode())

    def test_a_lost_letter_is_told(self):
        (note,) = only(KBC.write((SALE.but(name="Caf\ufffd"),))).warnings
        assert "a letter was lost" in note.text

    def test_wrong_check_digits_are_told(self):
        (note,) = only(CRELAN.write((SALE.but(own="BE00 5390 0754 7034"),))).warnings
        assert note.line == 2
        assert "check digits" in note.text


ABOVE = (
    *("Date de comptabilisation à partir de;01/01/2026", "Date de comptabilisation jusqu'au;{until}"),
    *(
        "Montant à partir de;{least}",
        "Montant jusqu'à;",
        "Numéro d'extrait jusqu'au;{statement}",
        "Communication;{text}",
    ),
    *("Nom contrepartie contient;{name}", "Dernier solde;{balance}", "Date/heure du dernier solde;{day}", ";"),
)
ASKED = {
    "until": "31/01/2026",
    "balance": "69.462,74 EUR",
    "day": "20/01/2026 10:23:44",
    **dict.fromkeys(("least", "statement", "text", "name"), ""),
}


def belfius(*moves: Move, **asked: str) -> bytes:
    return BELFIUS.write(moves, above=[line.format(**{**ASKED, **asked}) for line in ABOVE])


class TestBelfius:
    def test_the_balance_above_the_header_is_that_of_the_last_row(self):
        statement = only(belfius(SALE, RENT))
        assert (statement.old_balance, statement.new_balance) == (None, Decimal("69462.74"))
        assert str(statement.new_date) == "2026-01-15"
        assert statement.unproved

    @pytest.mark.parametrize(
        "asked",
        [
            {"until": "19/01/2026"},
            {"statement": "00003"},
            {"day": ""},
            {"balance": ""},
            {"day": "14/01/2026 10:00:00"},
            {"balance": "69.462,74 USD"},
        ],
    )
    def test_unless_rows_may_come_after_it(self, asked):
        assert only(belfius(SALE, RENT, **asked)).new_balance is None

    def test_nor_is_it_that_of_one_account_among_two(self):
        data = belfius(SALE, RENT.but(own="BE71 0961 2345 6769"))
        assert [one.new_balance for one in read(data)] == [None, None]

    @pytest.mark.parametrize("asked", [{"least": "10,00"}, {"text": "loyer"}, {"name": "Dupont"}])
    def test_an_export_of_some_movements_only_is_refused(self, asked):
        assert "limited by dates alone" in why(belfius(SALE, **asked))

    def test_empty_lines_between_all_others(self):
        data = belfius(SALE, RENT).replace(b"\n", b"\n\n")
        assert amounts(data) == ["100.00", "-40.50"]

    def test_a_field_too_many_is_left_out_where_nothing_stands_there(self):
        data = (
            BELFIUS.write((RENT.but(amount="-12.50"),)).replace(b";;;;;;", b";;;;;;;", 1).replace(b"-12,50", b"- 12,50")
        )
        assert data.decode().splitlines()[1].count(";") == 15
        assert amounts(data) == ["-12.50"]

    def test_a_sign_that_parts_in_the_last_text_is_text(self):
        assert only(belfius(SALE.but(text="a;b;c", number=""))).movements[0].communication == "a;b;c"

    def test_a_sign_that_parts_in_another_text_is_refused(self):
        assert "line 12:" in why(belfius(SALE.but(name="Dupont; Fils")))

    def test_a_movement_is_the_same_before_and_after_its_statement_is_issued(self):
        soon = belfius(SALE.but(number="0905413217072"))
        late = soon.replace(b"14/01/2026;;;BE71", b"14/01/2026;00001;7;BE71")
        assert soon != late
        assert named(soon) == named(late)

    def test_and_in_either_language(self):
        french = BELFIUS.write((SALE.but(number="0905413217072", text="Reçu"),))
        dutch = BELFIUS.but(
            header=(
                *("Rekening", "Boekingsdatum", "Rekeninguittrekselnummer", "Transactienummer", "Rekening tegenpartij"),
                *("Naam tegenpartij bevat", "Straat en nummer", "Postcode en plaats", "Transactie", "Valutadatum"),
                *("Bedrag", "Devies", "BIC", "Landcode", "Mededelingen"),
            )
        ).write((SALE.but(number="0905413217072", kind="Storting", text="Ontvangen"),))
        assert named(french) == named(dutch)


class TestKbc:
    FRENCH = (
        *("Numéro de compte", "Nom de la rubrique", "Nom", "Devise", "Numéro de l'extrait", "Date", "Description"),
        *("Valeur", "Montant", "Solde", "crédit", "débit", "numéro de compte contrepartie", "BIC contrepartie"),
        *("Nom contrepartie", "Adresse contrepartie", "communication structurée", "Communication libre"),
    )
    ENGLISH = (
        *("Account number", "Heading", "Name", "Currency", "Statement number", "Date", "Description", "Value date"),
        *("Amount", "Balance", "credit", "debit", "counterparty's account number", "Counterparty BIC"),
        *("Counterparty name", "Counterparty address", "standard-format reference", "Free-format reference"),
    )

    @pytest.mark.parametrize("header", [KBC.header, FRENCH, ENGLISH])
    def test_every_language(self, header):
        (movement,) = only(KBC.but(header=header).write((SALE,))).movements
        assert (movement.counterparty, movement.counterparty_account) == ("Boulangerie Dupont", OTHER)
        assert (movement.communication, movement.code, movement.counterparty_bic) == (
            "Facture 12",
            "Virement",
            "KREDBEBB",
        )

    def test_the_first_ten_columns_alone_and_one_less(self):
        lines = KBC.write((SALE, RENT)).decode().split("\r")
        old = "\r".join(";".join(line.split(";")[:10]) for line in lines).encode()
        assert only(old).new_balance == Decimal("59.50")
        without = "\r".join(";".join([line.split(";")[0], *line.split(";")[2:]]) for line in lines).encode()
        assert only(without).new_balance == Decimal("59.50")

    def test_two_accounts_and_two_currencies_are_three_statements(self):
        other = Move("5.00", "2026-01-13", own="BE71 0961 2345 6769")
        data = KBC.write((other, SALE, RENT, SALE.but(currency="USD")))
        assert {(one.iban, one.currency, str(one.new_balance)) for one in read(data)} == {
            (IBAN, "EUR", "59.50"),
            (IBAN, "USD", "100.00"),
            (OTHER, "EUR", "5.00"),
        }

    def test_of_one_day_the_balances_tell_the_order_and_kbc_begins_with_the_newest(self):
        away, back = Move("-775.08"), Move("775.08")
        assert only(KBC.write((back, away))).new_balance == Decimal("0.00")
        assert only(KBC.but(newest_first=False).write((SALE.but(booked="2026-01-15"), RENT))).new_balance == Decimal(
            "59.50"
        )

    def test_an_amount_that_its_own_row_contradicts_is_refused(self):
        data = KBC.write((RENT,)).replace(b";-40,50;", b";40,50;", 1)
        assert "tells its amount twice" in why(data)

    def test_a_balance_that_is_missing_is_refused(self):
        data = KBC.write((SALE, RENT)).replace(b";59,50;", b";;")
        assert "the balance is missing" in why(data)

    @pytest.mark.parametrize(
        ("text", "structured"),
        [
            ("+++090/9337/55493+++", Structured("ogm", "+++090/9337/55493+++")),
            ("+++123/4567/89012+++", Structured("csv-structured", "+++123/4567/89012+++")),
        ],
    )
    def test_structured_communication(self, text, structured):
        (movement,) = only(KBC.write((SALE.but(text=text),))).movements
        assert (movement.structured, movement.communication) == (structured, "")

    @pytest.mark.parametrize("written", ["***090/9337/55493***", "090933755493", "RF18 5390 0754 7034"])
    def test_structured_communication_as_banks_write_it(self, written):
        data = KBC.write((SALE.but(text="+++090/9337/55493+++"),)).replace(b"+++090/9337/55493+++", written.encode())
        assert only(data).movements[0].structured.kind in {"ogm", "rf"}


class TestIng:
    def test_an_old_number_of_the_account_becomes_its_iban(self):
        assert only(ING.write((SALE.but(own="539-0075470-34"),))).iban == IBAN

    def test_numbers_start_again_each_year(self):
        data = ING.write((SALE.but(booked="2025-12-31"), SALE.but(booked="2026-01-02")))
        assert [(str(one.booked), one.identity) for one in only(data).movements] == [
            ("2025-12-31", "1"),
            ("2026-01-02", "1"),
        ]

    def test_what_moves_nothing_or_has_no_number_yet_is_left_out_and_told(self):
        statement = only(ING.write((SALE, Move("", text="Votre nouvelle carte", number="1"), RENT.but(number=""))))
        assert [str(one.amount) for one in statement.movements] == ["100.00"]
        assert [note.text.partition(";")[0] for note in statement.warnings] == [
            "a row tells something and moves nothing",
            "a movement has no number yet",
        ]

    def test_a_sign_that_parts_in_its_texts_is_text(self):
        (movement,) = only(ING.write((SALE.but(text="a;b"),))).movements
        assert movement.communication == "Virement Boulangerie Dupont a;b;"

    def test_the_english_names(self):
        header = (
            *("Account Number", "Account Name", "Counterparty account", "Entry number", "Booking date", "Value date"),
            *("Amount", "Currency", "Description", "Details", "Message"),
        )
        assert amounts(ING.but(header=header).write((SALE,))) == ["100.00"]


class TestBnp:
    def test_what_has_no_number_yet_and_what_is_refused_are_left_out_and_told(self):
        moves = (
            SALE.but(number="2026-00001"),
            RENT.but(number="2026-"),
            RENT.but(number="2026-00002", status="Refusé"),
        )
        statement = only(BNP.write(moves))
        assert [one.identity for one in statement.movements] == ["2026-00001"]
        assert [(note.line, note.text[:24]) for note in statement.warnings] == [
            (2, "the bank refused a payme"),
            (3, "a movement has no number"),
        ]

    def test_a_file_of_such_alone_books_nothing(self):
        statement = only(BNP.write((RENT.but(number="2026-"),)))
        assert (statement.movements, statement.new_date, len(statement.warnings)) == ((), None, 1)

    def test_an_unknown_status_is_refused(self):
        assert "the status 'En cours' is unknown" in why(BNP.write((SALE.but(status="En cours"),)))

    @pytest.mark.parametrize("cut", ["", ";"])
    def test_a_sign_that_parts_in_the_details_is_put_right_where_the_status_tells(self, cut):
        line = BNP.write((SALE.but(number="2026-00001"),)).replace(b" COMMUNICATION :", b" RUE X;3 COMMUNICATION :")
        (movement,) = only(line.replace(";Accepté;".encode(), f";Accepté{cut}".encode())).movements
        assert (movement.amount, movement.communication) == (Decimal("100.00"), "Facture 12")

    def test_and_in_the_communication_where_the_details_repeat_it(self):
        (movement,) = only(BNP.write((SALE.but(number="2026-00001", text="a;b"),))).movements
        assert movement.communication == "a;b"

    def test_elsewhere_it_is_refused(self):
        assert "nothing proves where" in why(BNP.write((SALE.but(number="2026-00001", name="Dupont; Fils"),)))

    def test_the_same_row_twice_is_refused(self):
        assert "'2026-00001' stands twice" in why(BNP.write((SALE.but(number="2026-00001"),) * 2))

    def test_before_2018(self):
        data = (
            "Numéro de séquence;Date d'exécution;Date valeur;Montant;Devise du compte;CONTREPARTIE DE LA TRANSACTION;"
            "Détails;Numéro de compte\r\n2017-0049;04/02/2017;05/02/2017;-1,11;EUR;PAIEMENT PAR CARTE;"
            "AVEC LA CARTE 6703 04XX XXXX X315 7 BOULANGERIE;BE68539007547034\r\n"
        ).encode("cp1252")
        (movement,) = only(data).movements
        assert (movement.identity, str(movement.amount), movement.counterparty) == (
            "2017-0049",
            "-1.11",
            "PAIEMENT PAR CARTE",
        )
        assert movement.communication.startswith("AVEC LA CARTE")


class TestCrelan:
    def test_forty_empty_rows(self):
        assert amounts(CRELAN.write((SALE, RENT)) + b";;;;;;;;\r\n" * 40) == ["100.00", "-40.50"]

    def test_in_french_and_without_the_balance_of_today(self):
        header = (
            *("Date", "Montant", "Solde apres operation", "Devise", "Contrepartie", "Compte contrepartie"),
            *("Type d'operation", "Communication", "Compte donneur d'ordre"),
        )
        lines = CRELAN.but(header=header).write((SALE, RENT)).decode().split("\r\n")
        assert only("\r\n".join(lines).encode()).new_balance == Decimal("59.50")
        before = "\r\n".join(";".join([*line.split(";")[:2], *line.split(";")[3:]]) for line in lines).encode()
        assert only(before).unproved

    def test_of_one_day_it_may_begin_with_either_and_what_is_not_told_is_not_answered(self):
        statement = only(CRELAN.write((SALE.but(amount="5.00"), SALE.but(amount="-5.00"))))
        assert (statement.old_balance, statement.new_balance) == (None, None)
        assert statement.unproved


class TestTriodos:
    HEADER = b'"Date","Account","Amount","CounterpartyAccount","BIC","Name","Address","Type","Text","Balance"\n'

    def test_a_header_is_no_movement(self):
        assert only(self.HEADER + TRIODOS.write((SALE, RENT))).new_balance == Decimal("59.50")

    def test_the_balance_is_after_the_movement_or_before_as_the_rows_prove(self):
        before = TRIODOS.write((SALE, RENT, SALE), "10.00").replace(b'"110,00"', b'"10,00"')
        before = before.replace(b'"69,50"', b'"110,00"').replace(b'"169,50"', b'"69,50"')
        assert (only(before).old_balance, only(before).new_balance) == (Decimal("10.00"), None)

    def test_where_it_is_before_nothing_proves_the_last_amount(self):
        statement = only(TRIODOS_NL.write((SALE, RENT), "10.00"))
        assert (statement.old_balance, statement.new_balance) == (Decimal("10.00"), None)
        assert statement.unproved

    @pytest.mark.parametrize(("old", "new"), [(b'"Debet"', b'"Debit"'), (b'"40,50"', b'"-40,50"')])
    def test_a_side_that_is_none_or_told_twice_is_refused(self, old, new):
        assert "neither Credit nor Debet" in why(TRIODOS_NL.write((SALE, RENT)).replace(old, new))

    @pytest.mark.parametrize("first", [b"14-01-2O26", b"1", b"14-01-2026"])
    def test_a_first_row_that_cannot_be_read_is_no_title(self, first):
        data = TRIODOS.write((SALE, RENT)).replace(b"14-01-2026", first).replace(b'"100,00"', b'"x"', first[-1] == 54)
        assert why(data)

    def test_a_first_row_with_a_line_end_in_it(self):
        assert len(only(TRIODOS.write((SALE.but(text="a\nb"), RENT))).movements) == 2


class TestWise:
    def test_each_currency_is_a_statement_of_the_account_named_wise(self):
        dollars = SALE.but(currency="USD", number="CONVERSION-3", booked="2026-01-15")
        statements = read(WISE.write((SALE.but(number="TRANSFER-1"), dollars)))
        assert sorted((one.iban, one.currency) for one in statements) == [("WISE", "EUR"), ("WISE", "USD")]

    def test_fees_that_are_in_the_amount_and_fees_that_come_on_top(self):
        moves = (SALE, RENT.but(fees="0.50"), SALE.but(booked="2026-01-16", number="3"))
        assert [str(one.amount) for one in only(WISE.write(moves)).movements] == ["100.00", "-40.50", "100.00"]
        on_top = WISE.write((SALE, RENT.but(amount="-41.00", fees="0.50"), moves[2])).replace(b'"-41.00"', b'"-40.50"')
        assert [str(one.amount) for one in only(on_top).movements] == ["100.00", "-41.00", "100.00"]

    def test_a_title_above_the_header_and_rows_without_balance(self):
        rows = WISE.write((SALE, RENT)).replace(b'"59.50"', b'""').replace(b'"100.00","","', b'"","","')
        statement = only(b"statement_1_EUR_2026-01-01_2026-01-31\n" + rows)
        assert (statement.old_balance, statement.new_balance, len(statement.movements)) == (None, None, 2)


class TestArgenta:
    def test_numbers_and_dates_of_a_workbook_that_misstates_its_size(self):
        data = argenta(
            (SALE.but(amount="1239999.99", number="7SLLCW65XDZQU891"), RENT.but(amount="-0.10", number="B2"))
        )
        assert format_of_file(data[:4096]) == "csv-argenta"
        statement = only(data)
        assert [(str(one.booked), str(one.amount), one.identity) for one in statement.movements] == [
            ("2026-01-14", "1239999.99", "7SLLCW65XDZQU891"),
            ("2026-01-15", "-0.10", "B2"),
        ]
        assert str(statement.movements[1].value_date) == "2026-01-16"
        assert statement.unproved

    def test_in_french_and_with_amounts_as_text(self):
        assert amounts(argenta((SALE,), ARGENTA_FR, amounts=lambda amount: amount.replace(".", ","))) == ["100.00"]

    @pytest.mark.parametrize("amount", [12.345, 1e300, float("1e-9"), True, None, "=1+1", "=cmd|x"])
    def test_what_is_not_whole_cents_is_refused_with_its_row(self, amount):
        assert "line 2:" in why(argenta((SALE,), amounts=lambda _: amount))

    def test_formulas_are_text(self):
        (movement,) = only(argenta((SALE.but(name="=HYPERLINK(1)", text="=1+1"),))).movements
        assert (movement.counterparty, movement.communication) == ("=HYPERLINK(1)", "=1+1")

    def test_another_workbook_and_another_archive(self):
        assert "not one of Argenta" in why(argenta((SALE,), ["a"] * 11))
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("releve.xml", "<x/>")
        assert format_of_file(file.getvalue()) is None

    def test_a_bomb_is_refused_before_it_is_unpacked(self):
        bomb = with_member(argenta((SALE,)), "xl/worksheets/sheet2.xml", lambda _: b"0" * (MAX_BYTES + 1))
        assert "holds more than a statement can" in why(bomb)
        many = argenta((SALE,))
        for name in ("a", "b"):
            many = with_member(many, f"xl/{name}", lambda _: b"")
        file = io.BytesIO(many)
        with zipfile.ZipFile(file, "a") as archive:
            for number in range(500):
                archive.writestr(f"xl/{number}", b"")
        assert "parts" in why(file.getvalue())

    def test_a_document_type_is_refused(self):
        hostile = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y "z">]>'
        data = with_member(
            argenta((SALE,)), "xl/worksheets/sheet1.xml", lambda text: hostile + text[text.index(b"<work") :]
        )
        assert "document type" in why(data)

    @pytest.mark.parametrize(
        ("old", "new"),
        [(b'r="2"', b'r="99999999"'), (b"<sheetData>", b"<sheetData><row>"), (b'r="A2"', b'r="ZZZZZZZZ2"')],
    )
    def test_a_sheet_that_lies_is_refused(self, old, new):
        data = with_member(argenta((SALE,)), "xl/worksheets/sheet1.xml", lambda text: text.replace(old, new))
        assert why(data)

    @pytest.mark.parametrize("part", [100, 1000, 2000, -1, -30])
    def test_a_damaged_workbook_is_refused(self, part):
        assert "damaged or incomplete" in why(argenta((SALE,))[:part])


class TestTwins:
    @pytest.mark.parametrize("style", [BELFIUS, KBC, CRELAN, TRIODOS], ids=lambda style: style.name)
    def test_twins_are_two_movements(self, style):
        assert len(only(style.write((SALE, SALE))).movements) == 2

    def test_where_the_bank_tells_the_balance_twins_differ(self):
        assert named(KBC.write((SALE, SALE))) == ["100.00@100.00", "100.00@200.00"]

    def test_where_it_tells_nothing_only_what_is_said_differs(self):
        first, second, third = named(BELFIUS.write((SALE, SALE, SALE.but(text="Facture 13"))))
        assert first == second != third
