"""Every amount of every page leads to the entries it is made of, and they come to that amount."""

from __future__ import annotations

import csv
import functools
import io
import re
from decimal import Decimal
from html import unescape
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import pytest
from beancoop.model.periods import Span
from beancoop.statements.entries import made_of
from beancoop.statements.meaning import RULES, Meaning
from beancoop.storage.atomic import write_text
from beancoop_fava.pages import addresses
from beancoop_fava.pages.links import Links
from beancoop_fava.pages.views import entries
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from tests.fava.conftest import make_coop
from tests.fava.reading import EXAMPLE, SLUG, amount, client, load, page, tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from beancoop.books.books import Books
    from werkzeug.test import Client

    from tests.fava.conftest import Coop

UNITS = ("A001", "A002", "A003", "A004", "A005", "A006", "A007", "A008")
TIMES = ("", "2026-03", "2025", "2025-09 - 2026-08")
WHOLE = ("Activites", "Reserves", "Suivi", "Tresorerie", "TVA")
BY_UNIT = [(unit, TIMES[(at + more) % 4]) for at, unit in enumerate(UNITS) for more in (0, 1)]
BY_PAGE = [(name, TIMES[(at + more) % 4]) for at, name in enumerate(WHOLE) for more in (0, 1)]
"""Each unit and each page in two times, each time with several: all of them took minutes."""
FEW = (("Activites", "2026-03"), ("Autonomie", "2026-03"), ("Reserves", ""), ("Tresorerie", "2025"), ("TVA", ""))
AMOUNT = re.compile(r"-?\d[\d\u202f]*,\d{2,}")
TOTAL = re.compile(r'<output data-total="([^"]*)">([^<]*)</output>')


class Figure(NamedTuple):
    """An amount that is shown: where, what, and where it leads."""

    table: str
    value: Decimal
    href: str


def figures(text: str) -> Iterator[Figure]:
    """Give the amounts of the tables of a page; a share, a count and a day are none."""
    for key, body in re.findall(r'<section id="([^"]+)">(.*?)</section>', text, re.DOTALL):
        for inner in re.findall(r"<td[^>]*>(.*?)</td>", body, re.DOTALL):
            shown = unescape(re.sub(r"<[^>]*>", "", inner)).strip()
            if AMOUNT.fullmatch(shown):
                href = re.search(r'href="([^"]*)"', inner)
                yield Figure(key, amount(shown), unescape(href[1]) if href else "")


def bars(text: str) -> Iterator[Figure]:
    """Give the bars of the charts of a page, which say what they are."""
    for href, shown in re.findall(r'<a href="([^"]*)" aria-label="[^"]* : (-?[0-9\u202f]+,[0-9]{2})">', text):
        yield Figure("bars", amount(shown), unescape(href))


def total(asking: Client, href: str) -> Decimal:
    """Follow a link, and give the one total of the page it leads to."""
    where = urlsplit(href)
    answer = asking.get(f"{where.path}?{where.query}&partial=true", headers={"Accept-Language": "fr"})
    assert answer.status_code == 200, href
    found = TOTAL.findall(answer.text)
    assert len(found) == 1, href
    plain, shown = found[0]
    assert Decimal(plain) == amount(unescape(shown)), href
    return Decimal(plain)


@functools.cache
def books() -> Books:
    """Give the example's books, read beside the server."""
    return load(EXAMPLE).facts


def counted(asking: Client, href: str) -> Decimal:
    """Give the total that a link leads to: of *Écritures* what the address means, which the page shows (`total`)."""
    where = urlsplit(href)
    if "/Ecritures/" not in where.path:
        return total(asking, href)
    return made_of(books(), addresses.read(dict(parse_qsl(where.query, keep_blank_values=True)))).total


def wrong(
    asking: Client, name: str, follow: Callable[[Client, str], Decimal] = counted, **parameters: str
) -> tuple[int, list[tuple[Figure, object]]]:
    """Follow all the amounts of a page: how many there are, and those that do not come to what was clicked."""
    text = page(asking, f"{SLUG}/extension/{name}/", **{key: value for key, value in parameters.items() if value})
    own, follow_once = OWN.get(name, set()), functools.cache(functools.partial(follow, asking))
    found = list(dict.fromkeys(each for each in (*figures(text), *bars(text)) if each.table not in own))
    bad: list[tuple[Figure, object]] = []
    for each in found:
        if not each.href:
            bad.append((each, "leads nowhere"))
        elif (made := follow_once(each.href)) != each.value:
            bad.append((each, made))
    return len(found), bad


OWN = {"TVA": {"entries"}}
"""Tables of entries themselves, whose amounts are what others lead to."""


@pytest.fixture(scope="module")
def asking() -> Client:
    return client(EXAMPLE)


@pytest.mark.unmeasured  # thousands of entries, whose lines the small books below run too
@pytest.mark.parametrize(("name", "time"), FEW)
def test_an_amount_is_the_total_of_its_entries(asking: Client, name: str, time: str) -> None:
    count, bad = wrong(asking, name, total, time=time, unit="A003" if name == "Autonomie" else "")
    assert bad == []
    assert count > 5


@pytest.mark.unmeasured
@pytest.mark.parametrize(("name", "time"), BY_PAGE)
def test_every_amount_of_the_whole_is_the_total_of_its_entries(asking: Client, name: str, time: str) -> None:
    count, bad = wrong(asking, name, time=time)
    assert bad == []
    assert count > 5


@pytest.mark.unmeasured
@pytest.mark.parametrize(("unit", "time"), BY_UNIT)
def test_every_amount_of_an_activity_is_the_total_of_its_entries(asking: Client, unit: str, time: str) -> None:
    count, bad = wrong(asking, "Autonomie", unit=unit, time=time)
    assert bad == []
    assert count > 5


# -- by hand, and at the edges

BANK = """
2026-01-05 open Expenses:9:950-Contribution:COOP
2026-01-05 open Assets:9:960-Liaison:COOP
2026-01-01 open Assets:55:5500-Banque
  iban: "BE68 5390 0754 7034"
2026-04-01 balance Assets:55:5500-Banque   9999.00 EUR
"""
ODD = """
2026-01-05 open Expenses:9:950-Contribution:A001
2026-01-05 open Assets:9:960-Liaison:A001
2026-01-05 open Assets:49:499-CompteAttente:A001
2026-03-04 ! "Banque" "Inconnu"
  Assets:55:5500-Banque:A001           25.00 EUR
  Assets:49:499-CompteAttente:A001    -25.00 EUR
2026-03-10 * "Madame Dupont" "Avoir" ^AV-1
  Assets:40:400-Clients:A001             -34.56 EUR
  Income:70:700-VentesPrestations:A001    34.56 EUR
2026-03-11 * "Madame Dupont" "En dollars"
  Assets:40:400-Clients:A001              10.00 USD @ 0.333 EUR
  Income:70:700-VentesPrestations:A001    -3.33 EUR
2026-03-12 custom "follow-up" "A001" "jardinage" 0.50
2026-03-12 custom "activity-terms" "A001"
  overdraft: 500 EUR
"""


MAY = """
2026-05-02 * "Madame Dupont" "En mai"
  Assets:40:400-Clients:A001               1.00 EUR
  Income:70:700-VentesPrestations:A001    -1.00 EUR
"""


def test_odd_books_lead_to_their_entries_too(coop: Coop) -> None:
    """A balance that the bank contradicts, a suspense account, another currency, an overdraft, a credit note."""
    coop.add("A001", ODD)
    write_text(coop.main, coop.main.read_text(encoding="utf-8") + BANK)
    asking = client(coop.main)
    for name in ("Activites", "Autonomie", "Tresorerie", "Suivi"):
        for time in ("", "2026-03"):
            parameters = {"time": time} if time else {}
            text = page(asking, f"/toute-la-coop/extension/{name}/", unit="A001", **parameters)
            found = [*figures(text), *bars(text)]
            assert [(each, made) for each in found if (made := total(asking, each.href)) != each.value] == []
    text = page(asking, "/toute-la-coop/extension/Tresorerie/")
    difference = next(each for each in figures(text) if each.table == "banks" and "difference" in each.href)
    assert difference.value == Decimal("-8374.00")
    rows = tables(page(asking, difference.href.partition("?")[0], **dict(parse_qsl(urlsplit(difference.href).query))))
    assert rows["entries"][-2][4] == "Solde donné par la banque : Assets:55:5500-Banque"
    assert rows["entries"][-2][6] == "-9\u202f999,00"


@pytest.fixture(scope="module")
def until_the_end(tmp_path_factory: pytest.TempPathFactory) -> Client:
    """Serve a cooperative of which one activity begins when the calendar ends."""
    coop = make_coop(tmp_path_factory.mktemp("end") / "ledgers")
    end = '9999-01-05 custom "activity" "A003"\n'
    write_text(coop.main, coop.main.read_text(encoding="utf-8") + end)
    return client(coop.main)


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_answers_whoever_is_meant(until_the_end: Client, rule: str) -> None:
    for unit in ("", "*", "A001", "A003", "NOBODY"):
        for days in ("", "&from=9999-12-31&until=9999-12-31", "&until=0001-01-01", "&day=9999-12-31"):
            total(until_the_end, f"/toute-la-coop/extension/Ecritures/?figure={rule}&unit={unit}{days}")


@pytest.mark.parametrize(
    "query",
    [
        "figure=any", "from=2026", "until=2026-02-31", "side=left", "posting=first", "held=yes", "sign=2",
        "page=last&unit=A",
        "over=%27", "numbers=5&from=<script>",
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_read_is_told(asking: Client, query: str) -> None:
    answer = asking.get(f"{SLUG}/extension/Ecritures/?{query}", headers={"Accept-Language": "fr"})
    assert answer.status_code == 200
    assert "[BC450]" in answer.text
    assert "<output" not in answer.text
    assert "<script>]" not in answer.text


def test_without_a_figure_the_page_says_what_it_is_for(asking: Client) -> None:
    text = page(asking, f"{SLUG}/extension/Ecritures/", time="2026")
    assert "Un clic sur un montant" in text
    assert "<output" not in text


def test_the_entries_of_an_invoice_are_told_with_their_piece_party_and_sum(coop: Coop) -> None:
    coop.add("A001", '2026-03-10 * "Madame Dupont" "Solde" ^AV-1\n  document: "facture.pdf"\n'
             "  Assets:55:5500-Banque:A001   234.56 EUR\n  Assets:40:400-Clients:A001  -234.56 EUR\n")  # fmt: skip
    path = "/toute-la-coop/extension/Ecritures/"
    asked = {"unit": "A001", "numbers": "40", "until": "2026-03-31"}
    text = page(client(coop.main), path, **asked)
    assert "A001 · comptes 40 · tout jusqu’au 31/03/2026" in text  # noqa: RUF001
    head, *rows, foot = tables(text)["entries"]
    assert head == [
        "Date",
        "Pièce",
        "Unité",
        "Client·e ou fournisseur",
        "Libellé",
        "Document",
        "Montant",
        "Somme courante",
    ]
    assert rows == [
        ["20/01/2026", "", "A001", "Madame Dupont", "Facture 1", "", "1\u202f234,56", "1\u202f234,56"],
        ["10/02/2026", "", "A001", "Madame Dupont", "Paiement", "", "-1\u202f000,00", "234,56"],
        ["10/03/2026", "AV-1", "A001", "Madame Dupont", "Solde", "facture.pdf", "-234,56", "0,00"],
    ]
    assert foot[1] == "0,00"
    assert '<output data-total="0.00">0,00</output>' in text
    assert "/toute-la-coop/statement/?entry_hash=" in text


def test_many_entries_come_in_pages_and_in_one_file(coop: Coop) -> None:
    postings = "  Assets:40:400-Clients:A001  1 EUR\n  Income:70:700-VentesPrestations:A001  -1 EUR\n"
    one = '2026-03-{day:02} * "c" "n {number}"\n' + postings
    path = coop.books("A001")
    more = "".join(one.format(day=1 + number // 50, number=number) for number in range(1100))
    write_text(path, path.read_text(encoding="utf-8") + more)
    asking, address = client(coop.main), "/toute-la-coop/extension/Ecritures/"
    asked = {"unit": "A001", "numbers": "70", "sign": "-1"}
    sums = []
    for number in ("1", "2", "3", "99"):
        text = page(asking, address, page=number, **asked)
        assert '<output data-total="2334.56">' in text
        rows = tables(text)["entries"][1:-1]
        sums.append((len(rows), rows[-1][-1]))
    assert sums == [(500, "1\u202f733,56"), (500, "2\u202f233,56"), (101, "2\u202f334,56"), (101, "2\u202f334,56")]
    assert f"{address}?unit=A001&amp;numbers=70&amp;sign=-1&amp;page=3" in text
    answer = asking.get(f"{address}download-table.csv", query_string={"table": "entries", "plain": "1", **asked})
    rows = list(csv.reader(io.StringIO(answer.get_data().decode())))
    assert len(rows) == 1 + 1101 + 1 + 2
    assert rows[-3][6] == "2334.56"
    answer = asking.get(f"{address}download-tables.xlsx", query_string=asked)
    assert load_workbook(io.BytesIO(answer.get_data())).worksheets[0].max_row == 1 + 1101 + 1


def test_her_own_entries_are_hers_alone(coop: Coop) -> None:
    asking, headers = client(coop.own("A001")), {"Accept-Language": "fr"}
    for unit, count in (("A001", 2), ("A002", 0), ("", 2)):
        answer = asking.get(f"/livre-a001/extension/Ecritures/?numbers=40&unit={unit}", headers=headers)
        assert len(tables(answer.text).get("entries", [])[1:-1]) == count
        assert "Peeters" not in answer.text


def test_a_contribution_is_never_below_zero_and_says_so(coop: Coop) -> None:
    credit = (
        '2026-03-01 * "Madame Dupont" "Avoir"\n  Assets:40:400-Clients:A001  -3000 EUR\n'
        "  Income:70:700-VentesPrestations:A001  3000 EUR\n2026-01-05 open Assets:Cash\n"
    )
    write_text(coop.main, coop.main.read_text(encoding="utf-8") + credit)
    address = "/toute-la-coop/extension/Ecritures/"
    asking = client(coop.main)
    text = page(asking, address, figure="due", unit="A001", until="2026-03-31")
    floor = tables(text)["entries"][-2]
    assert floor[4] == "Une contribution n’est jamais inférieure à zéro"  # noqa: RUF001
    assert floor[6:] == ["196,54", "0,00"]
    assert '<output data-total="0.00">' in text
    exact = page(asking, address, figure="contribution", unit="A001", until="2026-03-31")
    assert '<output data-total="-196.5440">-196,5440</output>' in exact


def test_days_stand_in_the_address() -> None:
    links, quarter = Links("/x/", ""), Span.of_quarter(2026, 1)
    sold: dict[str, Any] = {"unit": "A001", "numbers": ("70",)}
    assert links.within(**sold, since=quarter.first, until=quarter.last).endswith(
        "numbers=70&from=2026-01-01&until=2026-03-31"
    )
    assert links.within(**sold).endswith("numbers=70")


words = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
numbers = st.lists(st.from_regex(r"[1-9][0-9]{0,3}", fullmatch=True), max_size=3).map(tuple)
maybe = st.none() | st.dates()


@given(
    st.builds(
        Meaning, st.sampled_from(RULES), words, numbers, numbers, st.just(("Assets",)) | st.just(()),
        st.just(("Assets:55:5500-Banque:A001", "Assets:57:570-Caisse:A001")) | st.just(()), maybe, maybe, maybe,
        st.none() | words, st.none() | words, st.just("") | st.from_regex(r"[0-9a-f]{8}", fullmatch=True),
        st.none() | st.integers(0, 9), st.sampled_from(("", "debit", "credit")), st.booleans(),
        st.none() | st.integers(0, 90), st.none() | st.integers(0, 90), st.sampled_from((1, -1)),
    )
)  # fmt: skip
def test_what_an_address_says_is_read_again(meaning: Meaning) -> None:
    address = Links("/x/", "2026").to(meaning)
    parameters = dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
    assert addresses.read(parameters) == meaning
    assert addresses.is_asked(parameters) == (meaning != Meaning())
    assert "regex" not in address


@pytest.mark.unmeasured
def test_a_wrong_total_would_be_found(asking: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no difference means that there is none."""
    honest = made_of
    monkeypatch.setattr(entries, "made_of", lambda books, meaning: honest(books, meaning._replace(sign=1)))
    _, bad = wrong(asking, "Autonomie", total, unit="A003", time="2026-03")
    assert len(bad) > 20


# -- how fresh the books are, and what is shown first


def fresh(text: str) -> dict[str, str]:
    return dict(re.findall(r'data-(last-(?:entry|balance|closed))="([^"]*)"', text))


def test_each_page_says_how_fresh_it_is(asking: Client) -> None:
    for name in (*WHOLE, "Autonomie", "Ecritures"):
        text = page(asking, f"{SLUG}/extension/{name}/")
        assert fresh(text) == {"last-entry": "2026-08-31", "last-balance": "2026-09-01", "last-closed": ""}
        assert text.count("data-last-entry") == 1
        assert "Dernière écriture : 31/08/2026. Dernier solde de banque : 01/09/2026." in text


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "s’arrêtent 46 jours"), ("nl", "eindigen 46 dagen"), ("de", "enden 46 Tage"), ("en", "end 46 days")],  # noqa: RUF001
)
def test_books_that_end_more_than_45_days_before_are_told_so(coop: Coop, language: str, words: str) -> None:
    address = "/toute-la-coop/extension/Activites/"
    asking = client(coop.main)  # the books end on 15 February
    old = page(asking, address, language, time="2026-02-01 - 2026-04-02")
    assert words in old
    assert 'class="fresh warning"' in old
    for time in ("2026-02-01 - 2026-04-01", "2025"):
        young = page(asking, address, language, time=time)
        assert 'class="fresh"' in young
        assert 'class="fresh warning"' not in young


def test_a_closed_month_is_told(coop: Coop) -> None:
    seal = '2026-01-31 custom "closed" "2026-01" "A001"\n  entries: 0\n  sha256: ""\n  previous: ""\n'
    write_text(coop.main, coop.main.read_text(encoding="utf-8") + seal.replace("A001", "COOP"))
    assert fresh(page(client(coop.main), "/toute-la-coop/extension/Activites/"))["last-closed"] == "2026-01"


def test_the_first_page_is_activites_and_of_an_activity_autonomie(coop: Coop) -> None:
    assert client(coop.main).get("/").headers["Location"] == "/toute-la-coop/extension/Activites/"
    assert client(coop.own("A001")).get("/").headers["Location"] == "/livre-a001/extension/Autonomie/"
    chosen = '2020-01-01 custom "fava-option" "default_page" "journal/"\n'
    write_text(coop.main, coop.main.read_text(encoding="utf-8") + chosen)
    assert client(coop.main).get("/").headers["Location"] == "/toute-la-coop/journal/"


def test_fava_shows_a_profit_without_a_minus(coop: Coop) -> None:
    for path, slug in ((coop.main, "toute-la-coop"), (coop.own("A001"), "livre-a001")):
        options = client(path).get(f"/{slug}/api/ledger_data").json["data"]["fava_options"]
        assert options["invert_income_liabilities_equity"] is True


def test_an_account_is_named_as_the_router_of_fava_reads_it(asking: Client) -> None:
    text = page(asking, f"{SLUG}/extension/Tresorerie/")
    assert "/account/Assets:55:5500-Banque/" in text
    assert "/account/Assets%3A" not in text


# -- the figures that are looked for first


def test_autonomie_begins_with_what_is_looked_for_first(coop: Coop) -> None:
    coop.add("A001", ODD)
    asking, address = client(coop.main), "/toute-la-coop/extension/Autonomie/"
    text = page(asking, address, unit="A001", time="2026-01 - 2026-03")
    assert next(iter(tables(text))) == "now"
    assert tables(text)["now"][1:] == [
        ["Disponible à dépenser", "724,67", "au 11/03/2026"],
        ["Dû par la clientèle", "203,33", "dont en retard : 234,56"],
        ["Contribution du mois", "-3,13", "mars 2026"],
        ["Mois restants", "15", "dernier jour de vente : 04/07/2027"],
    ]
    late = re.search(r'href="([^"]*)">dont en retard', text)
    assert late
    assert total(asking, unescape(late[1])) == Decimal("234.56")  # the credit note is not to be paid yet


def test_an_activity_that_has_nothing_yet_has_its_figures_too(coop: Coop) -> None:
    begun = '2026-04-01 custom "activity" "A003"\n  months: 6\n2026-05-01 custom "activity-pause" "A003"\n'
    write_text(coop.main, coop.main.read_text(encoding="utf-8") + begun)
    asking, address = client(coop.main), "/toute-la-coop/extension/Autonomie/"
    before = tables(page(asking, address, unit="A003", time="2026-02"))["now"]
    assert [row[0] for row in before[1:]] == ["Disponible à dépenser", "Dû par la clientèle", "Mois restants"]
    early = tables(page(asking, address, unit="A003", time="2026-06"))["now"]
    assert early[1] == ["Disponible à dépenser", "0,00", "au 15/02/2026"]  # the books end there
    coop.add("A001", MAY)
    paused = tables(page(client(coop.main), address, unit="A003", time="2026-06"))["now"]
    assert paused[-1][1:] == ["–", ""]  # noqa: RUF001 - the clock stands still
