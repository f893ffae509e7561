"""What goes along and what does not: documents, meetings, other units' texts, and books with errors."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from beancoop.books.inventories import holdings
from beancoop.leaving.brought_forward import opening
from beancoop.leaving.extract import Days, extract
from beancoop.leaving.standalone import judge, standalone
from beancoop.loading.ledger import load_ledger
from beancoop.model.findings import Refusal
from beancoop.model.months import Month
from beancoop.storage.printing import as_text
from beancoop.storage.scaffold import Settings, create_activity, create_cooperative
from beancount.core import data
from beancount.core.compare import hash_entry
from beancount.parser import parser
from beancount.parser.grammar import ValueType
from closings import close_month
from hypothesis import given
from hypothesis import strategies as st
from loading import sale

START = datetime.date(2026, 1, 1)


@pytest.fixture
def main(tmp_path):
    """Make a cooperative of two activities."""
    folder = tmp_path / "ledgers"
    create_cooperative(folder, "A001", Settings(START))
    create_activity(folder / "activities/A002", Settings(START))
    return folder / "main.beancount"


def home(main, unit="A001"):
    return main.parent / "activities" / unit


def add(main, text, name="A001/books/2026.beancount"):
    with (main.parent / "activities" / name).open("a") as file:
        file.write(text)


def put(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def taken(main, days=Days(), unit="A001"):  # noqa: B008 - it never changes
    return extract(load_ledger(main), unit, days)


def told(own):
    return [f"{Path(each.file).name}:{each.line}: {each.message}" for each in own.remarks]


def written(own, main, folder):
    """Write the ledger of what was taken, with its documents, and give what a bare Beancount finds wrong."""
    options = load_ledger(main).options
    first = own.days.first
    opened = opening(own.before, first, "Ouverture", own.register.roots, own.unit) if first else []
    for name, text in standalone("Titre", [*opened, *own.entries], options).items():
        put(folder / name, text)
    for name, path in own.papers.items():
        put(folder / name, path.read_bytes())
    return judge(folder / "ledger.beancount", holdings([*own.before, *own.entries]))


def test_documents_are_named_from_the_new_folder(main, tmp_path):
    papers = home(main) / "documents"
    put(papers / "2026/facture.pdf", b"%PDF \x00")
    put(papers / "2026-02-03.ticket.txt", "Ticket")
    put(papers / "2025-12-31.devis.txt", "Devis")
    put(papers / "divers.txt", "Divers")
    put(home(main) / "facture.pdf", b"%PDF \x00")
    add(
        main,
        '2026-02-01 document Assets:40:400-Clients:A001 "../documents/2026/facture.pdf" ^F1\n'
        '2026-02-02 document Assets:40:400-Clients:A001 "../facture.pdf"\n'
        '2026-03-02 document Assets:40:400-Clients:A001 "../facture.pdf"\n' + sale("2026-02-01", "10.00", links="^F1"),
    )
    own = taken(main)
    names = ["2025-12-31.devis.txt", "2026-02-03.ticket.txt", "2026/facture.pdf", "divers.txt", "facture.pdf"]
    assert sorted(own.papers) == [f"documents/{name}" for name in names]
    assert [entry.filename for entry in own.entries if isinstance(entry, data.Document)] == [
        "../documents/2026/facture.pdf",
        "../documents/facture.pdf",
        "../documents/facture.pdf",
    ]
    assert written(own, main, tmp_path / "out") == []
    assert told(own) == []
    spring = taken(main, Days(datetime.date(2026, 2, 2), datetime.date(2026, 2, 28)))
    assert sorted(spring.papers) == [f"documents/{name}" for name in (names[1], "divers.txt", "facture.pdf")]


def test_two_documents_of_one_name_are_both_kept(main):
    put(home(main) / "documents/a.txt", "un")
    put(home(main) / "a.txt", "deux")
    put(home(main) / "b/a.txt", "trois")
    lines = (f'2026-02-01 document Assets:40:400-Clients:A001 "../{name}"\n' for name in ("a.txt", "b/a.txt"))
    add(main, "".join(lines))
    own = taken(main)
    assert {name: path.read_text() for name, path in own.papers.items()} == {
        "documents/a.txt": "deux",
        "documents/a-2.txt": "trois",
        "documents/a-3.txt": "un",
    }


def test_documents_that_may_tell_of_others_are_left_out_and_told(main, tmp_path):
    papers = home(main) / "documents"
    put(papers / "facture-A002-1.txt", "Facture")
    put(papers / "note.txt", "Vu avec A002, à midi.")
    put(papers / "latin.txt", "Vu avec A002 à midi".encode("latin-1"))
    (papers / "lien.txt").symlink_to(put(home(main, "A002") / "documents/secret.txt", "Secret"))
    put(papers / "mine.txt", "À moi, A001")
    lines = (
        '2026-02-01 document Assets:40:400-Clients:A001 "../../A002/documents/secret.txt"\n',
        '2026-02-02 document Assets:40:400-Clients:A001 "../documents/note.txt"\n',
    )
    add(main, "".join(lines))
    own = taken(main)
    assert list(own.papers) == ["documents/mine.txt"]
    assert not any(isinstance(entry, data.Document) for entry in own.entries)
    assert len(own.remarks) == 5
    reasons = " ".join(told(own))
    for word in (
        "secret.txt is left out",
        "facture-A002-1.txt is left out: its name",
        "lien.txt is left out: it is no",
    ):
        assert word in reasons
    assert reasons.count("its text tells of another unit") == 2
    assert written(own, main, tmp_path / "out") == []


def test_a_sub_ledger_alone_knows_the_others_by_their_folders(main):
    add(main, '2026-02-01 note Assets:40:400-Clients:A001 "Vu avec A002 et A777"\n')
    for path in (main, home(main) / "ledger.beancount"):
        (note,) = (entry for entry in taken(path).entries if isinstance(entry, data.Note))
        assert note.comment == "Vu avec autre-1 et A777"


def test_what_is_in_her_folder_and_not_hers_is_told(main):
    add(main, '2026-02-01 price USD 0.90 EUR\n2026-02-02 query "Solde" "SELECT account"\n')
    own = taken(main)
    assert [line.partition(": ")[2] for line in told(own)] == [
        "This price directive is not of her accounts; it is left out. [BC1309]"
    ]
    assert [entry.name for entry in own.entries if isinstance(entry, data.Query)] == ["Solde"]


def test_a_pad_goes_along_as_what_it_makes(main, tmp_path):
    add(
        main,
        "2026-02-01 pad Assets:55:5500-Banque:A001 Assets:49:499-CompteAttente:A001\n"
        "2026-02-02 balance Assets:55:5500-Banque:A001 12.00 EUR\n",
    )
    own = taken(main)
    assert any("pad is left out" in line for line in told(own))
    assert written(own, main, tmp_path / "out") == []
    assert str(holdings(own.entries)["Assets:55:5500-Banque:A001"]) == "(12.00 EUR)"


MIXED = """
2026-02-01 * "Deux"
  Assets:40:400-Clients:A001  1.00 EUR
  Assets:40:400-Clients:A002  -1.00 EUR
"""


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        ('2026-02-01 * "Coupé\n', "A001/books/2026.beancount", "cannot read"),
        ("2026-02-01 balance Assets:40:400-Clients:A001 5.00 EUR\n", "A001/books/2026.beancount", "cannot read"),
        (MIXED, "A001/books/2026.beancount", "of two units"),
        (MIXED, "A002/books/2026.beancount", "of two units"),
        ('2026-02-01 * "Coupé\n', "A002/books/2026.beancount", None),
        ("2026-02-01 balance Assets:40:400-Clients:A002 5.00 EUR\n", "A002/books/2026.beancount", None),
        ('2026-02-01 custom "activty" "A001"\n', "A001/books/2026.beancount", None),
    ],
)
def test_only_what_keeps_her_books_from_being_read_stands_in_the_way(main, text, name, reason):
    add(main, sale("2026-01-10", "100.00"))
    add(main, text, name)
    assert load_ledger(main).errors
    if reason is None:
        assert sum(isinstance(entry, data.Transaction) for entry in taken(main).entries) == 2
        return
    with pytest.raises(Refusal, match=reason) as refused:
        taken(main)
    assert [Path(each.file).parts[-3:] for each in refused.value.findings] == [tuple(name.split("/"))]


def test_an_overdraft_hinders_nobody(main, tmp_path):
    add(
        main,
        '2026-02-01 * "Achat"\n  Expenses:60:601-Fournitures:A001  10.00 EUR\n'
        "  Assets:55:5500-Banque:A001  -10.00 EUR\n",
    )
    assert "treasury" in load_ledger(main).findings[0].message
    assert written(taken(main), main, tmp_path / "out") == []


def test_a_cut_keeps_other_currencies_and_lots(main, tmp_path):
    add(
        main,
        "2026-01-01 open Assets:28:285-Titres:A001\n"
        '2026-01-10 * "Dollars"\n  Assets:55:5500-Banque:A001  100.00 USD @ 0.90 EUR\n'
        "  Liabilities:44:440-Fournisseurs:A001  -90.00 EUR\n"
        '2026-01-11 * "Parts"\n  Assets:28:285-Titres:A001  3 PART {7.00 EUR}\n'
        "  Liabilities:44:440-Fournisseurs:A001  -21.00 EUR\n"
        '2026-03-11 * "Vente"\n  Assets:28:285-Titres:A001  -1 PART {7.00 EUR}\n'
        "  Liabilities:44:440-Fournisseurs:A001  7.00 EUR\n",
    )
    own = taken(main, Days(datetime.date(2026, 2, 1), None))
    assert written(own, main, tmp_path / "out") == []
    loaded = load_ledger(tmp_path / "out/ledger.beancount").entries
    (first, _) = (entry for entry in loaded if isinstance(entry, data.Transaction))
    assert first.date == datetime.date(2026, 1, 31)
    assert str(holdings([first])["Equity:09:0990-Conversions:A001"]) == "(-100.00 USD, 90.00 EUR)"


def test_closed_months_go_along_with_their_seals(main, tmp_path):
    add(main, sale("2026-01-10", "100.00") + sale("2026-02-10", "100.00"))
    close_month(main, Month(2026, 1), datetime.date(2026, 12, 31))
    own = taken(main)
    assert written(own, main, tmp_path / "out") == []
    levied = [entry for entry in own.entries if isinstance(entry, data.Transaction) and "contribution" in entry.tags]
    assert [(str(entry.date), sorted(entry.tags)) for entry in levied] == [
        ("2026-01-31", ["contribution"]),
        ("2026-02-28", ["contribution", "provisional"]),
    ]
    (seal,) = (entry for entry in own.entries if isinstance(entry, data.Custom) and entry.type == "closed")
    assert seal.meta["sha256"]


def test_a_cut_that_nothing_came_before_opens_nothing(main):
    own = taken(main, Days(START, None))
    assert own.before == []
    assert opening(own.before, START, "Ouverture", own.register.roots, "A001") == []


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters='\n"\\;*'), max_size=12)
META = st.dictionaries(st.from_regex(r"[a-z][a-z0-9_-]{1,6}", fullmatch=True), TEXTS, max_size=2)
BANK = "Assets:55:5500-Banque:A001"


@given(TEXTS, TEXTS, META, st.sampled_from(["transaction", "note", "document", "query", "custom", "open"]))
def test_any_text_reads_back_as_the_same_directive(one, other, meta, kind):
    facts, none = data.new_metadata("<test>", 1, meta), frozenset()
    entries: dict[str, data.Directive] = {
        "transaction": data.Transaction(facts, START, "*", one or None, other, none, none, []),
        "note": data.Note(facts, START, BANK, one, none, none),
        "document": data.Document(facts, START, BANK, f"/pieces/{one.replace('/', '_')}x", none, none),
        "query": data.Query(facts, START, one, other),
        "custom": data.Custom(facts, START, "follow-up", [ValueType(one, str), ValueType(other, str)]),
        "open": data.Open(facts, START, BANK, ["EUR"], None),
    }
    entry = entries[kind]
    ((read,), errors, options) = parser.parse_string(as_text(entry))
    assert (errors, options["include"], options["plugin"]) == ([], [], [])
    assert read._replace(meta={}) == entry._replace(meta={})
    assert {key: value for key, value in read.meta.items() if key not in ("filename", "lineno")} == meta
    assert hash_entry(read, exclude_meta=True)
