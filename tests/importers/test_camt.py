"""CAMT.053 as banks write it, and as nobody should."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from beancoop_importers.importers import CamtImporter, CodaImporter
from beancoop_importers.ingest.run import import_files
from beancoop_importers.model.statement import MAX_BYTES, Refused, Structured
from beancoop_importers.readers.camt import read, recognises
from camt_writer import Detail, Entry, Paper, camt
from coda_writer import Line, coda
from coda_writer import Paper as CodaPaper
from cooperative import OWN, found
from hypothesis import given
from hypothesis import strategies as st

SALE = Entry("100.00", reference="R1", details=(Detail(name="Boulangerie Dupont", text="Facture 12"),))
RENT = Entry("-40.50", reference="R2", text="Loyer")


def only(*entries: Entry, **changes):
    (statement,) = read(camt(Paper(entries, **changes)))
    return statement


def first(**details):
    return only(Entry("100.00", details=(Detail(**details),))).movements[0]


def why(data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        read(data)
    return f"line {refused.value.line}: {refused.value.message}" if refused.value.line else refused.value.message


class TestFacts:
    @pytest.mark.parametrize("version", ["02", "03", "04", "05", "06", "07", "08"])
    @pytest.mark.parametrize("prefix", ["", "n0"])
    def test_every_version_with_and_without_prefix(self, version, prefix):
        data = camt(Paper((SALE, RENT), old="10.00"), version=version, prefix=prefix)
        assert recognises(data[:512])
        (statement,) = read(data)
        assert (statement.format, statement.iban, statement.currency) == ("camt", "BE68539007547034", "EUR")
        assert (statement.old_balance, statement.new_balance) == (Decimal("10.00"), Decimal("69.50"))
        assert (str(statement.old_date), str(statement.new_date)) == ("2026-01-14", "2026-01-15")
        assert [one.amount for one in statement.movements] == [Decimal("100.00"), Decimal("-40.50")]
        assert statement.warnings == ()

    def test_a_version_to_come_is_read_with_a_warning(self):
        (statement,) = read(camt(Paper((SALE,)), version="13"))
        assert "version (13)" in statement.warnings[0].text

    def test_a_movement(self):
        (movement,) = only(
            Entry(
                "100.00",
                booked="2026-01-15T23:30:00+02:00",
                value="2026-01-13",
                reference="R1",
                details=(
                    Detail(
                        name="Dupont & Fils",
                        account="BE71096123456769",
                        bic="GKCCBEBB",
                        text="Facture  12",
                        end_to_end="E2E",
                        amount="100.00",
                    ),
                ),
            )
        ).movements
        assert movement.booked == datetime.date(2026, 1, 15)  # as written, not as it was in Greenwich
        assert movement.value_date == datetime.date(2026, 1, 13)
        assert (movement.counterparty, movement.counterparty_account) == ("Dupont & Fils", "BE71096123456769")
        assert (movement.counterparty_bic, movement.communication) == ("GKCCBEBB", "Facture  12")
        assert (movement.customer_reference, movement.bank_reference) == ("E2E", "R1")
        assert (movement.code, movement.details, movement.line) == ("PMNT-RCDT-ESCT", (), 5)

    def test_parties_of_version_8(self):
        assert first(name="Dupont", new=True, bic="GKCCBEBB").counterparty == "Dupont"
        assert first(name="Dupont", new=True, bic="GKCCBEBB").counterparty_bic == "GKCCBEBB"

    def test_the_other_party_of_a_debit_is_the_creditor(self):
        extra = "<RltdPties><Dbtr><Nm>Nous</Nm></Dbtr><Cdtr><Nm>Bailleur</Nm></Cdtr></RltdPties>"
        assert only(Entry("-1.00", details=(Detail(extra=extra),))).movements[0].counterparty == "Bailleur"

    def test_of_a_returned_payment_the_other_party_is_whose_account_is_not_ours(self):
        extra = (
            "<RltdPties><Dbtr><Nm>Nous</Nm></Dbtr><DbtrAcct><Id><IBAN>BE68539007547034</IBAN></Id></DbtrAcct>"
            "<Cdtr><Nm>Bailleur</Nm></Cdtr></RltdPties><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"
        )
        (movement,) = only(Entry("1.00", details=(Detail(extra=extra),))).movements
        assert (movement.counterparty, movement.return_reason) == ("Bailleur", "AC04")

    def test_a_reversal_keeps_the_roles_of_what_it_reverses(self):
        extra = "<RltdPties><Dbtr><Nm>Nous</Nm></Dbtr><Cdtr><Nm>Bailleur</Nm></Cdtr></RltdPties>"
        (movement,) = only(Entry("1.00", reversal="true", details=(Detail(extra=extra),))).movements
        assert movement.counterparty == "Bailleur"

    @pytest.mark.parametrize(
        ("reference", "issuer", "expected"),
        [
            ("090933755493", "BBA", Structured("ogm", "+++090/9337/55493+++")),
            ("+++090/9337/55493+++", "BBA", Structured("ogm", "+++090/9337/55493+++")),
            ("090933755494", "BBA", Structured("camt-scor", "090933755494")),
            ("090933755493", "", Structured("camt-scor", "090933755493")),
            ("RF18 5390 0754 7034", "", Structured("rf", "RF18539007547034")),
            ("RF19539007547034", "ISO", Structured("camt-scor", "RF19539007547034")),
        ],
    )
    def test_structured_communication(self, reference, issuer, expected):
        assert first(reference=reference, issuer=issuer).structured == expected

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("fact ***090/9337/55493*** merci", "+++090/9337/55493+++"),
            ("+++ 090/9337/55493 +++", "+++090/9337/55493+++"),
            ("+++090/9337/55494+++", None),
            ("090/9337/55493", None),
        ],
    )
    def test_an_ogm_typed_in_free_text_counts_where_its_check_is_right(self, text, value):
        movement = first(text=text)
        assert movement.communication == text
        assert movement.structured == (value and Structured("ogm", value))

    def test_the_amount_in_the_currency_of_the_order_is_told_and_never_counted(self):
        extra = '<AmtDtls><InstdAmt><Amt Ccy="USD">110.00</Amt></InstdAmt></AmtDtls>'
        movement = first(extra=extra)
        assert movement.amount == Decimal("100.00")
        assert movement.information == (Structured("original-amount", "110.00 USD"),)

    def test_the_direction_of_charges_is_not_that_of_the_entry(self):
        movement = first(extra='<Chrgs><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></Chrgs>')
        assert movement.amount == Decimal("100.00")

    def test_an_entry_without_date_is_booked_with_the_new_balance(self):
        statement = only(Entry("1.00", booked="", status=""), Entry("2.00", booked="", status=""), new="3.00")
        assert {str(one.booked) for one in statement.movements} == {"2026-01-15"}
        assert [note.text[-21:] for note in statement.warnings] == ["(1 more such) [BC754]"]


class TestBatches:
    PARTS = (Detail("60.00", name="Anne"), Detail("40.00", name="Bart"))

    def test_details_that_make_the_entry_are_told_under_it(self):
        (movement,) = only(Entry("100.00", details=self.PARTS, batch="2", text="2 virements")).movements
        assert [(one.amount, one.counterparty) for one in movement.details] == [
            (Decimal("60.00"), "Anne"),
            (Decimal("40.00"), "Bart"),
        ]
        assert (movement.counterparty, movement.communication) == ("", "2 virements")

    def test_a_detail_may_go_the_other_way(self):
        (movement,) = only(Entry("99.00", details=(Detail("100.00"), Detail("-1.00", text="Frais")))).movements
        assert [one.amount for one in movement.details] == [Decimal("100.00"), Decimal("-1.00")]

    def test_details_of_a_debit(self):
        parts = (Detail("-60.00", credit=False), Detail("-40.00", credit=False))
        (movement,) = only(Entry("-100.00", details=parts)).movements
        assert [one.amount for one in movement.details] == [Decimal("-60.00"), Decimal("-40.00")]

    @pytest.mark.parametrize(
        "parts",
        [(*PARTS, Detail("0.01")), (Detail("60.00"), Detail("40.00", currency="USD")), (Detail("60.00"), Detail())],
    )
    def test_details_that_do_not_are_left_out_with_a_warning(self, parts):
        statement = only(Entry("100.00", details=parts))
        assert statement.movements[0].details == ()
        assert "do not sum" in statement.warnings[0].text

    def test_a_batch_without_details(self):
        statement = only(Entry("100.00", batch="238"))
        assert (len(statement.movements), statement.warnings) == (1, ())


class TestBalances:
    def test_the_closing_balance_of_the_day_before_opens(self):
        assert only(SALE, opening="PRCD").new_balance == Decimal("100.00")

    @pytest.mark.parametrize(("old", "new"), [("10.00", "110.00"), ("-150.00", "-50.00"), ("-50.00", "50.00")])
    def test_balances_without_direction_take_the_one_that_agrees(self, old, new):
        statement = only(SALE, old=old, new=new, signed=False)
        assert (statement.old_balance, statement.new_balance) == (Decimal(old), Decimal(new))
        assert statement.warnings == ()

    def test_nothing_tells_the_direction_where_nothing_moved(self):
        (note,) = only(old="10.00", signed=False).warnings
        assert "read as credit" in note.text

    def test_a_reversal_says_its_own_direction(self):
        statement = only(SALE, Entry("-100.00", reversal="true"), new="0.00")
        assert [one.amount for one in statement.movements] == [Decimal("100.00"), Decimal("-100.00")]
        assert statement.warnings == ()

    def test_a_reversal_in_the_direction_of_what_it_reverses_is_turned_by_the_balances(self):
        statement = only(SALE, Entry("100.00", reversal="true"), new="0.00")
        assert [one.amount for one in statement.movements] == [Decimal("100.00"), Decimal("-100.00")]
        assert "reversals" in statement.warnings[0].text

    @pytest.mark.parametrize(
        ("paper", "words"),
        [
            (Paper((SALE,), new="99.99"), "make 100.00, but the new balance is 99.99"),
            (Paper((SALE,), new="100.00001"), "the new balance is 100.00001"),
            (Paper((SALE,), opening=""), "no booked balance to begin with"),
            (Paper((SALE,), closing=""), "no booked balance to begin with"),
            (Paper((SALE,), opening="ITBD"), "no booked balance to begin with"),
            (Paper((SALE,), closing="CLAV"), "no booked balance to begin with"),
            (Paper((SALE,), new_date=""), "no date"),
            (Paper((SALE,), account=""), "does not name its account"),
            (Paper((SALE,), currency="€"), "does not name its account"),
            (Paper((Entry("1.00", currency="USD"),)), "USD, the account in EUR"),
            (Paper((Entry("1O0.00"),), new="1.00"), "'1O0.00' is no amount"),
            (Paper((Entry("1,00"),), new="1.00"), "'1,00' is no amount"),
            (Paper((Entry("NaN"),), new="1.00"), "'NaN' is no amount"),
            (Paper((Entry("1.00", booked="2026-02-30"),)), "'2026-02-30' is no date"),
            (Paper((SALE,), new_date="9999-12-31"), "'9999-12-31' is no date"),
        ],
    )
    def test_what_proves_nothing_is_refused(self, paper, words):
        assert words in why(camt(paper))

    @pytest.mark.parametrize(
        ("found", "put", "words"),
        [
            ("100.00</Amt>", "-100.00</Amt>", "'-100.00' is no amount"),
            ("<CdtDbtInd>CRDT</CdtDbtInd><Sts>", "<Sts>", "CdtDbtInd is '', neither CRDT nor DBIT"),
            ("<CdtDbtInd>CRDT</CdtDbtInd><Sts>", "<CdtDbtInd>C</CdtDbtInd><Sts>", "neither CRDT nor DBIT"),
            ("PRCD", "CLBD", "CLBD balance 2 times"),
            ("<Stmt>", "<Stat>", "not whole XML"),
            ("</Document>", "</Document><Document/>", "not whole XML"),
        ],
    )
    def test_damage_is_refused(self, found, put, words):
        data = camt(Paper((SALE,), opening="PRCD")).decode()
        assert data.count(found)
        assert words in why(data.replace(found, put).encode())


class TestStatus:
    @pytest.mark.parametrize("status", ["PDNG", "INFO", "FUTR"])
    @pytest.mark.parametrize("form", ["<Sts>{}</Sts>", "<Sts><Cd>{}</Cd></Sts>", "<Sts><Prtry>{}</Prtry></Sts>"])
    def test_what_is_not_booked_is_left_out_with_a_warning(self, status, form):
        statement = only(SALE, Entry("5.00", status=form.format(status)))
        assert len(statement.movements) == 1
        assert f"not booked yet ({status})" in statement.warnings[0].text

    def test_booked_in_the_way_of_version_8(self):
        assert len(only(Entry("5.00", status="<Sts><Cd>BOOK</Cd></Sts>")).movements) == 1

    @pytest.mark.parametrize(
        ("kind", "words"), [("camt.052", "report during the day"), ("camt.054", "single movements")]
    )
    def test_what_is_no_statement_is_recognised_and_refused(self, kind, words):
        data = camt(Paper((SALE,)), kind=kind)
        assert recognises(data[:512])
        assert words in why(data)

    def test_an_announced_count_that_is_not_there(self):
        (note,) = only(SALE, extra="<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries></TtlNtries></TxsSummry>").warnings
        assert "announces 2 entries and holds 1" in note.text


class TestBytes:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1", "utf-16"])
    def test_the_declared_character_set_is_read(self, encoding):
        data = camt(Paper((Entry("1.00", text="Café à Liège"),)), encoding=encoding.removesuffix("-sig"))
        data = data.decode(encoding).encode(encoding)
        assert recognises(data[:512])
        assert read(data)[0].movements[0].communication == "Café à Liège"

    def test_a_character_set_that_is_not_the_declared_one_is_refused(self):
        data = camt(Paper((Entry("1.00", text="Café"),)), encoding="iso-8859-1").replace(b"iso-8859-1", b"utf-8")
        assert "not whole XML" in why(data)

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    @pytest.mark.parametrize(
        "doctype",
        [
            "<!DOCTYPE Document>",
            '<!DOCTYPE Document [<!ENTITY x "100.00">]>',
            '<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
            '<!DOCTYPE Document SYSTEM "http://localhost/x.dtd">',
            '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>',
        ],
    )
    def test_a_document_type_is_refused_whatever_is_in_it(self, doctype, encoding):
        data = camt(Paper((SALE,)), encoding=encoding).decode(encoding)
        reason = why(data.replace("<Document ", f"\n{doctype}<Document ").encode(encoding))
        assert reason.startswith("line 3: the file has a document type")

    def test_a_document_type_in_an_unusual_encoding_is_refused_too(self):
        text = camt(Paper((SALE,))).decode().replace('encoding="utf-8"', 'encoding="utf-32"')
        assert why(text.replace("<Document ", "<!DOCTYPE Document><Document ").encode("utf-32"))

    def test_too_deep_and_too_big(self):
        deep = camt(Paper((SALE,), extra="<a>" * 5_000 + "</a>" * 5_000))
        assert "not whole XML" in why(deep)
        assert "more than" in why(b" " * (MAX_BYTES + 1))

    def test_every_cut_is_refused(self):
        data = camt(Paper((SALE, RENT)))
        for end in range(1, len(data), 7):
            assert why(data[:end])

    def test_a_statement_outside_any_message_is_not_read(self):
        text = camt(Paper((SALE,))).decode()
        bare = text[text.index("<Stmt>") : text.index("</Stmt>") + len("</Stmt>")]
        assert "this is no CAMT.053, or holds no statement" in why(bare.encode())

    def test_not_camt(self):
        assert not recognises(b'<?xml version="1.0"?><Invoice xmlns="urn:oasis"/>')
        assert not recognises(b"0000015012620005 camt.053.001.02")
        assert "no CAMT.053" in why(b"<a/>")
        assert "no statement" in why(camt())

    def test_ten_thousand_entries(self):
        entries = tuple(Entry("0.01", reference=f"R{number}", details=(Detail(text="x"),)) for number in range(10_000))
        statement = only(*entries)
        assert len(statement.movements) == 10_000
        assert statement.new_balance == Decimal("100.00")
        assert statement.movements[-1].line == 10_004


@pytest.fixture
def cooperative(tmp_path):
    (tmp_path / "ledgers").mkdir()
    return found(tmp_path / "ledgers")


@pytest.fixture
def bring(cooperative, tmp_path):
    """Import contents, one file each, and give the results."""
    counter = iter(range(1_000))

    def act(*contents):
        files = [tmp_path / f"{next(counter):03}.xml" for _ in contents]
        for file, content in zip(files, contents, strict=True):
            file.write_bytes(content if isinstance(content, bytes) else camt(content))
        return import_files(cooperative.main, files)

    return act


SOUND = camt(
    Paper((SALE, RENT, Entry("100.00", details=TestBatches.PARTS), Entry("5.00", reversal="true")), old="10.00"),
    Paper((Entry("9.00", booked=""),), account=OWN, signed=False),
)


@given(st.data())
def test_whatever_happens_to_a_file_it_is_refused_or_proved(data):
    damaged = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(damaged) - 1))
        end = start + data.draw(st.integers(0, 40))
        damaged[start:end] = data.draw(
            st.sampled_from([b"", b"9", b".", b"-", b"<", b"&#0;", b"\xff", b"NaN", b"DBIT", b"EUR"])
        )
    try:
        statements = read(bytes(damaged))
    except Refused:
        return
    for one in statements:
        moved = sum(movement.amount for movement in one.movements)
        assert one.old_balance + moved == (one.old_balance if one.new_balance is None else one.new_balance)
        assert all(not m.details or sum(d.amount for d in m.details) == m.amount for m in one.movements)


class TestBooked:
    def test_a_file_with_two_accounts_goes_to_the_books_of_both(self, cooperative, bring):
        (result,) = bring(camt(Paper((SALE, RENT)), Paper((Entry("7.00"),), account=OWN)))
        assert (result.refusal, result.statements, result.booked, result.warnings) == (None, 2, 3, ())
        assert len(result.targets) == 2
        assert {one.postings[0].account for one in cooperative.movements()} == {
            "Assets:55:5500-Banque:COOP",
            "Assets:55:5501-Banque:A003",
        }
        assert cooperative.errors() == []

    def test_the_bank_s_reference_names_a_movement_else_its_place_does(self, cooperative, bring):
        bring(Paper((SALE, Entry("1.00", reference="NOTPROVIDED"), Entry("2.00", reference="a/b c"), SALE), name="S 1"))
        assert [one.meta["bank-ref"] for one in cooperative.movements()] == [
            "camt/BE68539007547034/EUR/2026-01-15/R1",
            "camt/BE68539007547034/EUR/2026-01-15/S-1/0002.0000",
            "camt/BE68539007547034/EUR/2026-01-15/a-b-c",
            "camt/BE68539007547034/EUR/2026-01-15/R1-2",
        ]

    @pytest.mark.parametrize("paper", [Paper((SALE, RENT)), Paper((Entry("25.00"), Entry("25.00")))])
    def test_twice_adds_nothing(self, cooperative, bring, paper):
        bring(paper)
        before = cooperative.files()
        (again,) = bring(paper)
        assert (again.refusal, again.booked, again.skipped) == (None, 0, 2)
        assert cooperative.files() == before

    @pytest.mark.parametrize("name", ["ST-1", "ST-2"])
    @pytest.mark.parametrize("backwards", [False, True])
    def test_noon_and_night_be_it_under_another_name(self, cooperative, bring, name, backwards):
        noon, night = Paper((SALE,)), Paper((SALE, RENT), name=name)
        for paper in (night, noon) if backwards else (noon, night):
            (result,) = bring(paper)
            assert result.refusal is None
        assert len(cooperative.movements()) == 2
        assert [str(balance.amount) for balance in cooperative.balances()] == ["59.50 EUR"]
        assert cooperative.errors() == []

    def test_overlapping_periods_share_what_has_a_reference(self, cooperative, bring):
        late = Entry("3.00", booked="2026-01-16", reference="R3")
        bring(Paper((SALE, RENT)))
        (month,) = bring(Paper((SALE, RENT, late), name="month", new_date="2026-01-31"))
        assert (month.refusal, month.booked, month.skipped) == (None, 1, 2)
        assert cooperative.errors() == []

    def test_overlapping_periods_without_references_are_refused(self, cooperative, bring):
        bring(Paper((Entry("100.00"),)))
        before = cooperative.files()
        (month,) = bring(Paper((Entry("100.00"), Entry("1.00", booked="2026-01-16")), name="M", new_date="2026-01-31"))
        assert "from another file" in str(month.refusal)
        assert cooperative.files() == before

    def test_two_statements_of_one_day_without_references(self, cooperative, bring):
        one, two = Paper((Entry("100.00"),)), Paper((Entry("100.00"),), name="ST-2", old="100.00")
        assert [result.refusal for result in (*bring(one), *bring(two))] == [None, None]
        assert len(cooperative.movements()) == 2
        assert [str(balance.amount) for balance in cooperative.balances()] == ["200.00 EUR"]
        assert cooperative.errors() == []

    def test_same_reference_other_amount_is_refused(self, bring):
        bring(Paper((SALE,)))
        (other,) = bring(Paper((Entry("99.00", reference="R1"),), name="ST-2"))
        assert "holds another movement" in str(other.refusal)

    def test_thousandths_are_refused(self, bring):
        assert "third decimal" in str(bring(Paper((Entry("1.001"),)))[0].refusal)
        assert bring(Paper((Entry("1.00000"),)))[0].booked == 1

    def test_details_are_told_and_never_posted(self, cooperative, bring):
        bring(Paper((Entry("100.00", details=TestBatches.PARTS),)))
        (movement,) = cooperative.movements()
        assert [posting.units.number for posting in movement.postings] == [Decimal("100.00"), Decimal("-100.00")]
        assert movement.meta["detail-0001"] == "60.00 | Anne"


class TestTwoFormats:
    CODA = coda(CodaPaper((Line(100_000),)))

    @pytest.mark.parametrize("order", [(CODA, Paper((SALE,))), (Paper((SALE,)), CODA)])
    def test_one_day_comes_from_one_format(self, cooperative, bring, order):
        bring(order[0])
        before = cooperative.files()
        (other,) = bring(order[1])
        assert "Keep to one format" in str(other.refusal)
        assert cooperative.files() == before

    def test_in_one_run_too(self, cooperative, bring):
        results = bring(self.CODA, Paper((SALE,)))
        assert sum(result.refusal is None for result in results) == 1
        assert len(cooperative.movements()) == 1

    def test_another_day_or_account_may_have_another(self, cooperative, bring):
        later = Entry("1.00", booked="2026-01-16")
        own = Paper((SALE,), account=OWN)
        results = bring(self.CODA, Paper((later,), old="100.00", old_date="2026-01-15", new_date="2026-01-16"), own)
        assert [result.refusal for result in results] == [None, None, None]
        assert cooperative.errors() == []

    def test_on_fava_s_import_page_too(self, cooperative, tmp_path):
        for name, content in (("a.cod", self.CODA), ("b.xml", camt(Paper((SALE,))))):
            (tmp_path / name).write_bytes(content)
        first, second = CodaImporter(cooperative.main), CamtImporter(cooperative.main)
        assert [one.identify(str(tmp_path / "b.xml")) for one in (first, second)] == [False, True]
        assert (second.name, second.account(str(tmp_path / "b.xml"))) == ("beancoop.camt", "Assets:55:5500-Banque")
        entries = second.extract(str(tmp_path / "b.xml"), [])
        with pytest.raises(Refused, match="Keep to one format"):
            second.deduplicate(entries, first.extract(str(tmp_path / "a.cod"), []))


def test_an_archive_is_refused_in_words(bring):
    assert "unpack it" in str(bring(b"PK\x03\x04rest")[0].refusal)
