"""The accountant's rules: read whole or refused with the line, the first that holds is taken."""

from __future__ import annotations

from decimal import Decimal
from re import _parser  # type: ignore[attr-defined]  # Python's own reading of a pattern, which knows how long a match can be

import pytest
from beancoop.model.findings import Refusal
from beancoop_importers.model.statement import Refused
from beancoop_importers.rules.patterns import LONGEST, compile_pattern
from beancoop_importers.rules.rulebook import read_rules
from beancoop_importers.rules.rules import Facts, first_match
from coda_writer import STRUCTURED, Line
from cooperative import OWN, SHARED
from hypothesis import given
from hypothesis import strategies as st
from trade import Trade, ogm, structured

OTHER = "BE84999330817459"
BANK, WAITING = "Assets:55:5500-Banque:", "Assets:49:499-CompteAttente:"
PHONE = "Expenses:61:6121-Telephone:"


@pytest.fixture
def read(tmp_path):
    def act(text):
        (tmp_path / "rules.toml").write_text(text, encoding="utf-8")
        return read_rules(tmp_path / "rules.toml")

    return act


def one(when, then='account = "6121-Telephone"', kind="movement", name="une"):
    return f'[[{kind}]]\nname = "{name}"\nwhen = {{ {when} }}\nthen = {{ {then} }}\n'


FACTS = Facts(
    unit="A003",
    iban=OWN,
    counterparty="PROXI TELECOM SA",
    counterparty_account=OTHER,
    text="Abonnement n° 2026-04, ÉTÉ",
    amount=Decimal("-25.00"),
    code="0150000",
)


class TestConditions:
    @pytest.mark.parametrize(
        ("when", "holds"),
        [
            ('unit = "A003"', True),
            ('unit = "A001"', False),
            ('iban = "096-1234567-69"', True),
            ('iban = "BE68 5390 0754 7034"', False),
            ('counterparty = "telecom"', True),
            ('counterparty = ["eau", "Telécom"]', True),
            ('counterparty = "telefon"', False),
            ('counterparty_account = "BE84 9993 3081 7459"', True),
            ('counterparty_account = "BE68 5390 0754 7034"', False),
            ('text = "ABONNEMENT"', True),
            ('text = "été"', True),
            ('text = ["loyer", "abonnement n°"]', True),
            ('text = "loyer"', False),
            ("pattern = '^abo.*\\d{4}-\\d\\d'", True),
            ("pattern = 'loyer|[aà]bon'", True),
            ("pattern = '\\d{5}'", False),
            ("min = 25", True),
            ("min = 25.01", False),
            ("max = 25.00", True),
            ("max = 24.99", False),
            ('direction = "out"', True),
            ('direction = "in"', False),
            ('code = "01"', True),
            ('code = "0150000"', True),
            ('code = "02"', False),
            ('text = "abonnement", direction = "in"', False),
        ],
    )
    def test_each(self, read, when, holds):
        assert bool(first_match(read(one(when)).movements, FACTS)) is holds

    @pytest.mark.parametrize(
        "when",
        ['unit = "A003"', f'iban = "{OWN}"', 'counterparty = "x"', f'counterparty_account = "{OTHER}"', 'text = "x"',
         'pattern = "x"', "min = 0", "max = 9", 'direction = "in"', 'code = "0"'],
    )  # fmt: skip
    def test_nothing_holds_of_what_is_not_known(self, read, when):
        assert first_match(read(one(when)).movements, Facts()) is None

    def test_the_supplier_of_an_invoice_in_any_writing(self, read):
        rules = read(one('supplier = "BE 0999.888.777", text = "forfait"', kind="invoice"))
        assert rules.movements == ()
        facts = Facts(supplier="0208:0999888777"[5:], text="Forfait mobile")
        assert first_match(rules.invoices, facts).account == "6121-Telephone"
        assert first_match(rules.invoices, Facts(supplier="0999888778", text="Forfait mobile")) is None

    def test_the_first_that_holds_is_taken(self, read):
        rules = read(one('text = "x"', name="a") + one('text = "abo"', name="b") + one('text = "abonnement"', name="c"))
        assert first_match(rules.movements, FACTS).name == "b"

    def test_no_file_no_rules(self, tmp_path):
        rules = read_rules(tmp_path / "rules.toml")
        assert (rules.movements, rules.invoices) == ((), ())


class TestMistakes:
    GOOD = one('text = "loyer"', name="bonne") + "\n"

    @pytest.mark.parametrize(
        ("text", "line", "words"),
        [
            ("[[movement]]\nname = une\n", 7, "not TOML"),
            ('[[movment]]\nname = "x"\n', 6, "'movment' is unknown here; expected [[movement]] or [[invoice]]"),
            ('[movement]\nname = "x"\n', 0, "not TOML"),
            (one('textt = "x"'), 8, "'textt' is unknown in `when`; expected one of unit,"),
            (one("text = 7"), 8, "text is 7; expected a text between quotes"),
            (one('text = ""'), 8, "expected a text between quotes"),
            (one('text = ["a", 1]'), 8, "expected a text between quotes"),
            (one("min = -1"), 8, "expected an amount without sign"),
            (one("min = nan"), 8, "expected an amount without sign"),
            (one("max = true"), 8, "expected an amount without sign"),
            (one('max = "9"'), 8, "expected an amount without sign"),
            (one('direction = "up"'), 8, 'expected "in" for money received, or "out"'),
            (one('unit = "a3"'), 8, "expected the code of a unit"),
            (one('pattern = "(a+)+"'), 8, "'(a+)+' is not allowed"),
            (one('supplier = "0999888777"'), 8, "'supplier' is unknown in `when`"),
            (one('supplier = "abc"', kind="invoice"), 8, "expected the number of an enterprise"),
            (one('direction = "in"', kind="invoice"), 8, "'direction' is unknown in `when`"),
            (one('text = "x"', 'account = "612"'), 9, "expected the number and label of an account"),
            (one('text = "x"', 'account = "1800-Rien"'), 9, "expected the number and label of an account"),
            (one('text = "x"', 'account = "6121-Tel:A003"'), 9, "without unit"),
            (one('text = "x"', 'flag = "*"'), 9, "neither an account nor a unit"),
            (one('text = "x"', 'account = "6121-Tel", flag = "?"'), 9, 'expected "*" where nothing is left'),
            (one('text = "x"', 'acount = "6121-Tel"'), 9, "'acount' is unknown in `then`"),
            (one('text = "x"', name="bonne"), 7, "another rule is called 'bonne'"),
            ('[[movement]]\nname = "x"\nthen = { unit = "COOP" }\n', 6, "the rule has no `when`"),
            ('[[movement]]\nname = "x"\nwhen = {}\nthen = { unit = "COOP" }\n', 8, "the rule has no `when`"),
            ('[[movement]]\nwhen = { text = "x" }\nthen = { unit = "COOP" }\n', 6, "name is nothing; expected"),
            (one('text = "x"') + 'if = "y"\n', 10, "'if' is unknown in a rule"),
        ],
    )
    def test_each_is_told_with_its_line(self, read, text, line, words):
        with pytest.raises(Refused) as refused:
            read(self.GOOD + text)
        assert words in refused.value.message
        assert not line or refused.value.line == line

    def test_rules_in_a_row_are_told_how_to_be_written(self, read):
        with pytest.raises(Refused, match="a table of its own"):
            read('movement = [ { name = "x", when = { text = "y" }, then = { unit = "COOP" } } ]\n')

    def test_what_is_no_text(self, tmp_path):
        (tmp_path / "rules.toml").write_bytes(b"\xff\xfe")
        with pytest.raises(Refused, match="UTF-8"):
            read_rules(tmp_path / "rules.toml")


class TestPatterns:
    @pytest.mark.parametrize(
        "text",
        ["(a+)+b", "a*", "a+", "a?", "a{2,}", "a{2,3}", r"\1", "(?=a)", "(a|b)", "[a", "a{200}", "[z-a]", "{4}", "",
         ".*", "a|", r"\q", "x" * (LONGEST + 1)],
    )  # fmt: skip
    def test_what_could_be_slow_or_means_nothing_is_refused(self, text):
        with pytest.raises(Refusal):
            compile_pattern(text)

    @pytest.mark.parametrize(
        ("pattern", "text", "found"),
        [
            ("loyer.*mars", "LOYER du mois de MARS 2026", True),
            ("mars.*loyer", "LOYER du mois de MARS 2026", False),
            (r"\d{4}/\d{2}", "n° 2026/04.", True),
            (r"\b[fF][0-9]{3}\b", "facture F123.", True),
            (r"\b[fF][0-9]{3}\b", "facture F1234", False),
            ("^frais", "les frais", False),
            ("carte$", "Frais de carte", True),
            (r"a\.b", "a.b", True),
            (r"a\.b", "axb", False),
            ("électricité", "ELECTRICITE", True),
            ("electricite", "Électricité", True),
            ("[^0-9]{2}x", "abx", True),
        ],
    )
    def test_what_is_found(self, pattern, text, found):
        assert compile_pattern(pattern).found_in(text) is found

    @given(
        st.lists(st.sampled_from(["a", "b", ".", ".*", "[ab]", "[^a]", r"\w", r"\b", "{2}", "{9}", "|"]), max_size=40)
    )
    def test_each_piece_has_one_length_so_that_nothing_is_tried_twice(self, parts):
        try:
            pattern = compile_pattern("".join(parts))
        except Refusal:
            return
        for piece in (piece for pieces in pattern.alternatives for piece in pieces):
            shortest, longest = _parser.parse(piece.pattern).getwidth()
            assert shortest == longest


class TestImport:
    @pytest.fixture
    def trade(self, tmp_path):
        trade = Trade(tmp_path)
        trade.rules(
            one('text = "forfait", direction = "out"', 'account = "6121-Telephone", flag = "*"', name="Téléphone")
            + one('text = "apprentis"', 'unit = "A002"', name="Apprentis")
            + one('unit = "A003", text = "mobile"', 'account = "6121-Telephone", narration = "GSM"', name="GSM")
            + one('text = "labo"', 'account = "6121-Telephone", unit = "A001", flag = "*"', name="Labo")
            + one('text = "ailleurs"', 'account = "6140-Publicite", flag = "*"', name="Ailleurs")
        )
        return trade

    def postings(self, trade):
        return [[posting.account for posting in entry.postings] for entry in trade.booked()]

    def test_a_rule_says_the_account(self, trade):
        result = trade.pay(Line(-30_000, communication="FORFAIT DE MARS"))
        (entry,) = trade.booked()
        assert (entry.flag, entry.meta["rule"], entry.narration) == ("*", "Téléphone", "FORFAIT DE MARS")
        assert self.postings(trade) == [[f"{BANK}COOP", f"{PHONE}COOP"]]
        assert (result.matched, result.undecided, result.routed[0].why) == (0, (), "rule Téléphone")

    def test_a_rule_says_the_unit(self, trade):
        result = trade.pay(Line(30_000, communication="Apprentis"))
        assert self.postings(trade) == [[f"{BANK}A002", f"{WAITING}A002"]]
        assert len(result.undecided) == 1

    def test_a_rule_says_both(self, trade):
        trade.pay(Line(-30_000, communication="Labo photo"))
        assert self.postings(trade) == [[f"{BANK}A001", f"{PHONE}A001"]]

    def test_on_an_account_of_a_unit_rules_of_others_do_not_apply(self, trade):
        result = trade.pay(Line(-30_000, communication="Labo photo"), account=OWN)
        (entry,) = trade.booked()
        assert "rule" not in entry.meta
        assert entry.postings[1].account == "Liabilities:49:499-CompteAttente:A003"
        assert result.routed[0].why == "nothing tells what it is for [BC1230]"

    def test_its_narration_replaces_the_bank_s_which_is_kept(self, trade):
        trade.pay(Line(-30_000, communication="Mobile 0470"), account=OWN)
        (entry,) = trade.booked()
        assert (entry.flag, entry.narration, entry.meta["communication"]) == ("!", "GSM", "Mobile 0470")

    def test_what_is_known_of_the_counterparty_comes_first(self, trade):
        trade.sale("A002", "A002-2026-0001", "10.00", meta=f'  ogm: "{ogm(3)}"\n')
        trade.pay(Line(10_000, account=OTHER, **structured(ogm(3))))
        result = trade.pay(
            Line(-5_000, account=OTHER, communication="Labo"),
            Line(-5_000, account=OTHER, communication="Labo, ailleurs, apprentis"),
            Line(-5_000, account=OTHER, communication="Forfait"),
        )
        units = [
            [posting.account for one in routed.transactions for posting in one.postings] for routed in result.routed
        ]
        assert units == [[f"{BANK}A002", f"{WAITING}A002"]] * 2 + [[f"{BANK}A002", f"{PHONE}A002"]]
        assert [routed.way for routed in result.routed] == ["counterparty", "rule", "rule"]

    def test_an_invoice_comes_before_any_rule(self, trade):
        trade.sale("A002", "A002-2026-0001", "10.00")
        trade.pay(Line(10_000, communication="apprentis A002-2026-0001"))
        assert "rule" not in trade.booked()[0].meta

    def test_a_doubt_is_not_decided_by_a_rule(self, trade):
        trade.purchase("COOP", "2026/871", "30.00")
        result = trade.pay(Line(-30_000, account=OTHER, communication="forfait 2026/871"))
        (entry,) = trade.booked()
        assert (entry.flag, entry.meta["rule"]) == ("!", "Téléphone")
        assert "is not known as an account of" in result.undecided[0].why

    def test_an_account_that_is_not_open_leaves_it_to_people(self, trade):
        result = trade.pay(Line(-30_000, communication="ailleurs"))
        assert self.postings(trade) == [[f"{BANK}COOP", f"{WAITING}COOP"]]
        assert "6140-Publicite:COOP is not open on 2026-01-15" in result.undecided[0].why

    def test_the_unit_may_be_a_condition_where_it_is_known(self, trade):
        trade.rules(one('unit = "COOP"', 'account = "6121-Telephone"'))
        trade.pay(Line(-1_000))
        assert self.postings(trade) == [[f"{BANK}COOP", f"{WAITING}COOP"]]

    def test_our_account_and_the_structured_text_are_facts(self, trade):
        trade.rules(one(f'iban = "{SHARED}", text = "0042"', 'account = "6121-Telephone"'))
        trade.pay(Line(-1_000, structured=STRUCTURED, communication="107MANDAT 0042"))
        assert self.postings(trade) == [[f"{BANK}COOP", f"{PHONE}COOP"]]

    def test_a_broken_file_imports_nothing(self, trade):
        trade.rules(one('textt = "x"'))
        before = trade.coop.files()
        (result,) = trade.bring(trade.paper(Line(-1_000)))
        assert str(result.refusal).startswith(f"{trade.coop.root / 'rules.toml'}:3: 'textt' is unknown")
        assert trade.coop.files() == before
