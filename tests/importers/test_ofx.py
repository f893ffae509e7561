"""OFX as banks write it, and as nobody should."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from beancoop_importers.importers import OfxImporter
from beancoop_importers.ingest.run import import_files
from beancoop_importers.model.statement import MAX_BYTES, Refused, Structured
from beancoop_importers.readers.ofx import read, recognises
from coda_writer import Line as CodaLine
from coda_writer import Paper as CodaPaper
from coda_writer import coda
from cooperative import OWN, found
from hypothesis import given, settings
from hypothesis import strategies as st
from ofx_writer import IBAN, SGML_HEAD, Line, Paper, aggregate, closed, sgml, value, xml

SALE = Line("100.00", "Boulangerie Dupont", "F1", "Facture 12", kind="CREDIT")
RENT = Line("-40.50", "Bailleur", "F2", kind="DEBIT")


def only(*lines: Line, **changes):
    (statement,) = read(sgml(Paper(lines, **changes)))
    return statement


def first(amount: str = "1.00", **details):
    return only(Line(amount, **details)).movements[0]


def why(data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        read(data)
    return f"line {refused.value.line}: {refused.value.message}" if refused.value.line else refused.value.message


class TestFacts:
    @pytest.mark.parametrize("write", [sgml, xml])
    def test_a_statement(self, write):
        data = write(Paper((SALE, RENT), new="59.50"))
        assert recognises(data[:512])
        (statement,) = read(data)
        assert (statement.format, statement.iban, statement.currency) == ("ofx", IBAN, "EUR")
        assert (statement.old_balance, statement.new_balance) == (None, Decimal("59.50"))
        assert (statement.old_date, str(statement.new_date)) == (None, "2026-01-15")
        assert [one.amount for one in statement.movements] == [Decimal("100.00"), Decimal("-40.50")]
        assert statement.warnings == ()
        assert "gives no balances to prove it whole" in statement.unproved.text

    def test_a_movement(self):
        extra = value("DTAVAIL", "20260117") + value("CHECKNUM", "1000")
        extra += aggregate("BANKACCTTO", value("BANKID", "096") + value("ACCTID", "1234567") + value("ACCTKEY", "69"))
        movement = only(Line("100.00", "Dupont & Fils", "F1", "Facture  12", "20260115", "XFER", extra)).movements[0]
        assert (movement.counterparty, movement.communication) == ("Dupont & Fils", "Facture  12")
        assert (str(movement.booked), str(movement.value_date)) == ("2026-01-15", "2026-01-17")
        assert (movement.identity, movement.bank_reference, movement.customer_reference) == ("F1", "F1", "1000")
        assert (movement.counterparty_account, movement.code) == ("BE71096123456769", "XFER")

    def test_each_movement_keeps_its_line_of_the_file(self):
        data = sgml(Paper((SALE, RENT)))
        rows = data.decode().split("\n")
        lines = [one.line for one in read(data)[0].movements]
        assert [rows[line - 1] for line in lines] == ["<STMTTRN>", "<STMTTRN>"]
        assert lines[0] < lines[1]

    def test_lines_are_counted_across_comments(self):
        data = sgml(Paper((SALE,))).replace(b"<BANKMSGSRSV1>", b"<!-- one\ntwo\nthree -->\n<BANKMSGSRSV1>")
        assert data.decode().split("\n")[read(data)[0].movements[0].line - 1] == "<STMTTRN>"

    @pytest.mark.parametrize(
        ("written", "day"),
        [
            ("20260115", "2026-01-15"),
            ("20260115233000[-5:EST]", "2026-01-15"),
            ("20260115000000.000[+2:CEST]", "2026-01-15"),
            ("202601151120", "2026-01-15"),
            ("20260115120000:014", "2026-01-15"),
        ],
    )
    def test_a_date_is_taken_as_written_and_never_moved_to_greenwich(self, written, day):
        assert str(first(posted=written).booked) == day

    @pytest.mark.parametrize(
        ("written", "amount"),
        [
            ("-80", "-80"),
            ("+00000000000115.8331", "115.8331"),
            ("-200,00", "-200.00"),
            ("1234.5", "1234.5"),
            (".95", "0.95"),
            ("-,05", "-0.05"),
            ("12.", "12"),
            ("0.125", "0.125"),
            ("1234.567", "1234.567"),
        ],
    )
    def test_amounts(self, written, amount):
        assert first(written).amount == Decimal(amount)

    @pytest.mark.parametrize("written", ["1,234", "1.234", "-12,345", "+999.000"])
    def test_an_amount_that_may_be_read_two_ways_is_refused(self, written):
        assert f"{written!r} can be read in two ways, with thousands or with three decimals" in why(
            sgml(Paper((Line(written),)))
        )

    @pytest.mark.parametrize("written", ["1.234,56", "1 234", "12-", "abc", "1E5", "١٢", "--5", "1" * 19])
    def test_what_is_no_amount_is_refused(self, written):
        assert "is no amount" in why(sgml(Paper((Line(written),)), encoding="utf-8"))

    @pytest.mark.parametrize("posted", ["20260231", "2026011", "15/01/2026", "99991231", "00010101"])
    def test_what_is_no_date_is_refused(self, posted):
        assert f"{posted!r} is no date" in why(sgml(Paper((Line("1.00", posted=posted),))))

    def test_the_currency_it_was_in_before_is_told_and_never_counted(self):
        extra = aggregate("ORIGCURRENCY", value("CURRATE", "0.92") + value("CURSYM", "USD"))
        movement = first(extra=extra)
        assert movement.amount == Decimal("1.00")
        assert movement.information == (Structured("ofx-original", "USD 0.92"),)

    def test_an_amount_in_another_currency_than_the_account_s_is_refused(self):
        extra = aggregate("CURRENCY", value("CURRATE", "0.92") + value("CURSYM", "USD"))
        assert "an amount is in USD, the account in EUR" in why(sgml(Paper((Line("1.00", extra=extra),))))
        assert read(sgml(Paper((Line("1.00", extra=extra.replace("USD", "EUR")),))))

    @pytest.mark.parametrize(
        ("memo", "expected"),
        [
            ("facture +++090/9337/55493+++", Structured("ogm", "+++090/9337/55493+++")),
            ("***090/9337/55494***", None),
            ("RF18 5390 0754 7034", Structured("rf", "RF18539007547034")),
        ],
    )
    def test_structured_communication(self, memo, expected):
        assert first(memo=memo).structured == expected
        assert first(name=memo).structured == expected

    def test_the_name_may_stand_in_an_address(self):
        extra = aggregate("PAYEE", value("NAME", "Dupont") + value("CITY", "Gent"))
        assert first(extra=extra).counterparty == "Dupont"

    def test_a_sign_that_contradicts_the_type_is_told(self):
        statement = only(Line("5.00", kind="DEBIT"))
        assert statement.movements[0].amount == 5
        assert "5.00 is called DEBIT; its sign is taken as written" in statement.warnings[0].text

    def test_movements_that_are_pending_are_left_out(self):
        pending = aggregate("BANKTRANLISTP", aggregate("STMTTRNP", value("TRNAMT", "-5.00")))
        statement = only(SALE, extra=pending)
        assert (len(statement.movements), statement.warnings[0].text) == (
            1,
            "a movement is not booked yet (STMTTRNP); it is left out, and comes again when it is. [BC717]",
        )

    def test_without_balance_nothing_is_asserted(self):
        statement = only(SALE, new="", as_of="")
        assert (statement.new_balance, statement.new_date) == (None, None)


class TestAccounts:
    @pytest.mark.parametrize(
        ("bank", "account", "key", "expected"),
        [
            ("GKCCBEBB", "BE68 5390 0754 7034", "", "BE68539007547034"),
            ("539", "539007547034", "", "BE68539007547034"),
            ("539", "0075470", "34", "BE68539007547034"),
            ("30001", "12345678901", "", "3000112345678901"),
        ],
    )
    def test_an_iban_a_belgian_number_or_bank_and_number(self, bank, account, key, expected):
        statement = only(SALE, bank=bank, account=account, key=key)
        assert (statement.account, statement.iban) == (account, expected)

    def test_the_number_of_a_card_is_masked(self):
        (statement,) = read(sgml(Paper((SALE,), card=True, account="4111111111111111")))
        assert statement.iban == "****1111"

    def test_several_accounts_stay_apart(self):
        papers = (Paper((SALE,)), Paper((RENT,), account=OWN), Paper(card=True, account="XXXX1234", new="-5.00"))
        assert [(one.iban, len(one.movements), str(one.new_balance)) for one in read(sgml(*papers))] == [
            (IBAN, 1, "100.00"),
            (OWN, 1, "100.00"),
            ("XXXX1234", 0, "-5.00"),
        ]

    def test_wrong_check_digits_are_told(self):
        assert "check digits" in only(SALE, account="BE69539007547034").warnings[0].text


class TestMarkup:
    def test_values_that_are_empty_closed_or_not(self):
        for empty in ("<MEMO>\n<CHECKNUM>\n", "<MEMO></MEMO><CHECKNUM></CHECKNUM>\n", "<MEMO/>\n"):
            data = (
                sgml(Paper((SALE,))).replace(b"<NAME>", empty.encode() + b"<NAME>").replace(b"<MEMO>Facture 12\n", b"")
            )
            (movement,) = read(data)[0].movements
            assert (movement.counterparty, movement.communication) == ("Boulangerie Dupont", "")

    def test_sgml_under_a_header_of_xml(self):
        data = xml(Paper((SALE,)))
        for name in (b"FITID", b"NAME", b"TRNAMT"):
            data = data.replace(b"</" + name + b">", b"")
        assert read(data) == read(xml(Paper((SALE,))))

    def test_a_list_of_movements_that_is_not_closed(self):
        data = sgml(Paper((SALE, RENT)))
        changed = read(data.replace(b"</BANKTRANLIST>\n", b""))[0]
        assert (changed.movements, changed.new_balance) == (read(data)[0].movements, Decimal("100.00"))

    def test_all_on_one_line(self):
        data = sgml(Paper((SALE,)))
        assert read(data.replace(b"\n", b""))[0].movements[0].amount == Decimal("100.00")

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_line_ends(self, end):
        assert read(sgml(Paper((SALE,))).replace(b"\n", end.encode())) == read(sgml(Paper((SALE,))))

    @pytest.mark.parametrize("tail", ["", " \n\n", "\x1a", "\0"])
    def test_blanks_after_the_end(self, tail):
        assert read(sgml(Paper((SALE,))).rstrip() + tail.encode())

    def test_names_in_small_letters(self):
        assert read(sgml(Paper((SALE,))).replace(b"STMTTRN>", b"stmttrn>"))

    def test_what_is_written_as_text_in_xml(self):
        memo = "<![CDATA[EFTPOS <ALDI> & Söhne]]>"
        data = xml(Paper((SALE,))).replace(b"Facture 12", memo.encode())
        assert read(data)[0].movements[0].communication == "EFTPOS <ALDI> & Söhne"

    @pytest.mark.parametrize(
        ("written", "text"),
        [("A &amp; B", "A & B"), ("A & B", "A & B"), ("R&D&copy", "R&D&copy"), ("&lt;b&gt;", "<b>"), ("&#233;", "é")],
    )
    def test_characters_written_by_name(self, written, text):
        data = sgml(Paper((SALE,))).replace(b"Facture 12", written.encode())
        assert read(data)[0].movements[0].communication == text

    @pytest.mark.parametrize(
        ("head", "encoding"),
        [
            (SGML_HEAD, "cp1252"),
            (SGML_HEAD, "utf-8"),
            (SGML_HEAD, "utf-8-sig"),
            (SGML_HEAD, "utf-16"),
            (SGML_HEAD.replace("1252", "ISO-8859-1"), "latin-1"),
            (SGML_HEAD.replace("1252", "NONE"), "cp1252"),
            (SGML_HEAD.replace("1252", "8859-15"), "iso8859-15"),
            (SGML_HEAD.replace("1252", "850"), "cp850"),
            ("", "cp1252"),
        ],
    )
    def test_letters_in_any_character_set(self, head, encoding):
        letters = "Société Éclair" if encoding != "iso8859-15" else "Société Éclair €"
        data = sgml(Paper((Line("1.00", letters),)), encoding=encoding, head=head)
        assert recognises(data[:4096])
        assert read(data)[0].movements[0].counterparty == letters

    @pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "windows-1252", "utf-16"])
    def test_letters_in_any_character_set_of_xml(self, encoding):
        data = xml(Paper((Line("1.00", "Société Éclair"),)), encoding=encoding)
        assert read(data)[0].movements[0].counterparty == "Société Éclair"


class TestRefusals:
    @pytest.mark.parametrize("write", [sgml, xml])
    def test_a_file_cut_anywhere(self, write):
        data = write(Paper((SALE, RENT))).rstrip()
        for at in range(1, len(data)):
            assert why(data[:at])

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            (("</STMTTRN>\n", ""), "<STMTTRN> is not closed"),
            (("</STMTRS>\n", ""), "<STMTRS> is not closed"),
            (("<STMTRS>\n", ""), "</STMTRS> closes nothing"),
            (("</STMTTRN>\n", "</STMTTRN> x\n"), "something stands after </STMTTRN>"),
            (("</OFX>", "</OFX><OFX></OFX>"), "something stands after </OFX>"),
            (("</OFX>", "</OFX> more"), "something stands after </OFX>"),
            (("<FITID>F1\n", ""), "the movement has no FITID (the bank's own name for it)"),
            (("<TRNAMT>100.00\n", ""), "the movement has no TRNAMT"),
            (("<DTPOSTED>20260115\n", ""), "the movement has no DTPOSTED"),
            (("<FITID>F1\n", "<FITID>F1\n<FITID>F9\n"), "there is a second <FITID> here"),
            (("<TRNAMT>", "<TRNAMT>1\n<TRNAMT>"), "there is a second <TRNAMT> here"),
            (("</LEDGERBAL>", "</LEDGERBAL>\n<LEDGERBAL>\n</LEDGERBAL>"), "there is a second <LEDGERBAL> here"),
            (("<DTASOF>20260115\n", ""), "the balance has no date"),
            (("<CURDEF>EUR\n", ""), "the statement does not name its account and currency"),
            (("<ACCTID>BE68539007547034\n", ""), "the statement does not name its account and currency"),
            (("<!-- -->", "<!--"), "<!-- is not closed"),
        ],
    )
    def test_a_file_that_is_damaged(self, change, reason):
        text = sgml(Paper((SALE,))).decode().replace("<OFX>", "<!-- -->\n<OFX>")
        before, after = change
        assert before in text
        assert reason in why(text.replace(before, after, 1).encode())

    def test_two_movements_run_into_one(self):
        data = sgml(Paper((SALE, RENT))).replace(b"</STMTTRN>\n<STMTTRN>\n", b"")
        assert "there is a second" in why(data)

    @pytest.mark.parametrize(
        "declared", ["<!DOCTYPE OFX>", '<!doctype x [<!ENTITY a "b">]>', '<!ENTITY a SYSTEM "file:///etc/passwd">']
    )
    def test_a_document_type(self, declared):
        assert why(xml(Paper((SALE,))).replace(b"<OFX>", declared.encode() + b"\n<OFX>")).startswith(
            "line 3: the file has a document type"
        )

    def test_the_same_name_for_two_movements(self):
        reason = why(sgml(Paper((SALE, Line("99.00", fitid="F1")))))
        assert "the bank gives this movement the name F1 (FITID), and another one at line" in reason

    def test_the_same_movement_twice_is_read_once_and_told(self):
        statement = only(SALE, SALE, RENT)
        assert [one.sequence for one in statement.movements] == ["0001", "0002"]
        assert "comes again; it is read once" in statement.warnings[0].text

    @pytest.mark.parametrize(("action", "verb"), [("DELETE", "takes away"), ("REPLACE", "replaces"), ("", "replaces")])
    def test_a_correction_of_an_earlier_movement(self, action, verb):
        extra = value("CORRECTFITID", "F0") + value("CORRECTACTION", action)
        assert f"the movement {verb} an earlier one, F0 (CORRECTFITID)" in why(
            sgml(Paper((Line("1.00", extra=extra),)))
        )

    def test_investments(self):
        data = sgml(Paper((SALE,))).replace(b"</OFX>", b"<INVSTMTRS>\n<DTASOF>20260115\n</INVSTMTRS>\n</OFX>")
        assert "this is a statement of investments" in why(data)

    def test_an_error_of_the_bank(self):
        data = sgml(Paper((SALE,))).replace(b"<SEVERITY>INFO", b"<SEVERITY>ERROR\n<MESSAGE>Wrong password")
        assert "the bank answers with an error and not with a statement: 0 Wrong password" in why(data)

    def test_no_statement(self):
        assert "holds no statement" in why(sgml())

    def test_too_big(self):
        assert "more than the 50,000,000" in why(b" " * (MAX_BYTES + 1))

    @pytest.mark.parametrize("data", [b"", b"\n", b"Date;Montant\n", b"<a/>"])
    def test_no_ofx_at_all(self, data):
        assert not recognises(data)
        assert "this is no OFX" in why(data)

    def test_tags_by_the_thousand_are_refused_like_a_few(self):
        assert why(b"<OFX>" + b"<A>" * 30_000)
        assert why(b"<OFX>" + b"<!--" * 30_000)
        assert why(b"<OFX>" + b"<A><B>" * 10_000 + b"</A>" * 10_000 + b"</OFX>")

    @given(st.binary(max_size=300))
    def test_any_bytes_are_refused_in_words(self, data):
        assert why(data)

    @given(
        st.lists(
            st.sampled_from(
                [
                    "<STMTRS>",
                    "</STMTRS>",
                    "<STMTTRN>",
                    "</STMTTRN>",
                    "<FITID>",
                    "x",
                    "</FITID>",
                    "<",
                    ">",
                    "&amp;",
                    "<A/>",
                ]
            )
        ).map(lambda parts: f"<OFX>{''.join(parts)}</OFX>".encode())
    )
    @settings(max_examples=300)
    def test_any_tags_are_refused_in_words(self, data):
        assert why(data)


class TestBooking:
    @pytest.fixture
    def cooperative(self, tmp_path):
        (tmp_path / "ledgers").mkdir()
        return found(tmp_path / "ledgers")

    @pytest.fixture
    def take(self, cooperative, tmp_path):
        def take(data: bytes, name: str = "bank.ofx"):
            file = tmp_path / name
            file.write_bytes(data)
            (result,) = import_files(cooperative.main, [file])
            return result

        return take

    def test_a_statement_is_booked_and_said_to_be_unproved(self, cooperative, take):
        result = take(sgml(Paper((SALE, RENT), new="59.50")))
        assert (result.refusal, result.booked) == (None, 2)
        assert len(result.warnings) == 1
        assert "gives no balances to prove it whole" in str(result.warnings[0])
        sale = cooperative.movements()[0]
        assert (sale.payee, sale.narration) == ("Boulangerie Dupont", "Facture 12")
        assert sale.meta["bank-ref"] == "ofx/BE68539007547034/EUR/2026-01-15/F1"
        assert [str(one.amount) for one in cooperative.balances()] == ["59.50 EUR"]
        assert cooperative.errors() == []

    def test_periods_that_overlap_share_what_they_have_in_common(self, cooperative, take):
        take(sgml(Paper((SALE,))))
        later = Line("5.00", "Client", "F3", posted="20260120")
        result = take(xml(Paper((SALE, later), new="105.00", as_of="20260131")))
        assert (result.refusal, result.booked, result.skipped) == (None, 1, 1)
        assert cooperative.errors() == []

    def test_later_in_the_day_the_balance_is_that_of_then(self, cooperative, take):
        take(sgml(Paper((SALE,))))
        take(sgml(Paper((SALE, RENT), new="59.50")))
        assert [str(one.amount) for one in cooperative.balances()] == ["59.50 EUR"]
        assert cooperative.errors() == []

    def test_the_balance_of_a_day_that_went_on_is_taken_out(self, cooperative, take):
        take(sgml(Paper((SALE,), as_of="20260115120000")))
        result = take(sgml(Paper((SALE, RENT), new="59.50", as_of="20260131")))
        assert (result.refusal, result.booked) == (None, 1)
        assert [str(one.date) for one in cooperative.balances()] == ["2026-02-01"]
        assert cooperative.errors() == []

    def test_a_statement_on_which_nothing_moved(self, cooperative, take):
        assert take(sgml(Paper(new="0.00"))).warnings == ()
        assert [str(one.amount) for one in cooperative.balances()] == ["0.00 EUR"]

    def test_the_same_name_with_another_amount_is_refused(self, take):
        take(sgml(Paper((SALE,))))
        assert "the ledger holds another movement as" in str(take(sgml(Paper((Line("99.00"),)))).refusal)

    def test_twins_with_names_of_their_own_are_two_payments(self, take):
        assert take(sgml(Paper((Line("25.00"), Line("25.00", fitid="F2"))))).booked == 2

    def test_coda_has_the_day_already(self, take):
        take(coda(CodaPaper((CodaLine(100_000),))))
        assert "Keep to one format" in str(take(sgml(Paper((SALE,)))).refusal)

    def test_a_third_decimal_is_refused(self, take):
        assert "third decimal" in str(take(sgml(Paper((Line("0.125"),)))).refusal)

    def test_a_refusal_names_file_and_line_and_leaves_the_ledger_alone(self, cooperative, take):
        before = cooperative.files()
        result = take(sgml(Paper((Line("1,234"),))))
        assert str(result.refusal).startswith(str(cooperative.root.parent / "bank.ofx:"))
        assert cooperative.files() == before

    def test_card_numbers_are_masked(self, cooperative, take):
        take(sgml(Paper((Line("-5.00", "SHOP 4111 1111 1111 1111"),))))
        assert cooperative.movements()[0].payee == "SHOP ****1111"

    def test_the_importer_of_fava(self, cooperative, tmp_path):
        file = tmp_path / "bank.ofx"
        file.write_bytes(xml(Paper((SALE,))))
        importer = OfxImporter(cooperative.main)
        assert importer.identify(str(file))
        assert importer.account(str(file)) == "Assets:55:5500-Banque"
        assert importer.date(str(file)) == datetime.date(2026, 1, 15)
        assert len(importer.extract(str(file), [])) == 2


PRINTED = st.text(st.characters(codec="cp1252", exclude_categories=("Cc", "Cs", "Zs")), min_size=1, max_size=12)
WORDS = st.lists(PRINTED.filter(lambda text: "<" not in text), max_size=5).map(" ".join)
DAYS = st.dates(datetime.date(1990, 1, 1), datetime.date(2150, 1, 1))
ZONES = st.sampled_from(["", "120000", "235959.999[-8:PST]", "000000[+2:CEST]"])
AMOUNTS = st.integers(-(10**12), 10**12).map(lambda cents: f"{Decimal(cents) / 100:.2f}")


@st.composite
def papers(draw):
    names = draw(st.lists(st.text("ABC0123456789", min_size=1, max_size=20), max_size=4, unique=True))
    lines = [Line(draw(AMOUNTS), draw(WORDS), name, draw(WORDS), f"{draw(DAYS):%Y%m%d}{draw(ZONES)}") for name in names]
    return Paper(
        tuple(lines),
        new=draw(AMOUNTS),
        account=draw(st.sampled_from([IBAN, OWN])),
        currency=draw(st.sampled_from(["EUR", "USD"])),
        as_of=f"{draw(DAYS):%Y%m%d}",
        card=draw(st.booleans()),
    )


@given(st.lists(papers(), min_size=1, max_size=3), st.sampled_from([sgml, xml]))
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read(written, write):
    written = sorted(written, key=lambda paper: paper.card)  # cards stand in a message of their own, the second
    for paper, statement in zip(written, read(write(*written)), strict=True):
        assert (statement.iban, statement.currency) == (paper.account, paper.currency)
        assert (statement.new_balance, f"{statement.new_date:%Y%m%d}") == (Decimal(paper.new), paper.as_of)
        assert [
            (one.amount, f"{one.booked:%Y%m%d}", one.identity, one.counterparty, one.communication)
            for one in statement.movements
        ] == [(Decimal(one.amount), one.posted[:8], one.fitid, one.name, one.memo) for one in paper.lines]


def test_the_writer_closes_every_value():
    assert closed("<A>\n<B>x\n</A>\n") == "<A>\n<B>x</B>\n</A>\n"
