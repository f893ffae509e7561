"""The exit of an activity: what it settles, what stands in its way, and that nothing else moves."""

from __future__ import annotations

import datetime
import re
import tempfile
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from beancoop import RULES
from beancoop.books.open_items import open_items
from beancoop.closing import soundness
from beancoop.closing.seal import check_seals
from beancoop.contribution.rule import read_levies
from beancoop.leaving.exit import Leaving, plan_exit, write_exit
from beancoop.loading.ledger import load_ledger
from beancoop.model.accounts import BEANCOUNTS_OWN, parse_account
from beancoop.model.findings import Refusal
from beancoop.model.months import Month
from beancoop.storage import step
from beancoop.storage.scaffold import FRENCH, Settings, create_activity, create_cooperative
from beancoop.storage.step import undo_changes
from beancount.core.data import Balance, Close, Transaction
from closings import close_month
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st
from loading import purchase, sale
from strategies import Books, books, custom

START = datetime.date(2026, 1, 1)
EXIT = datetime.date(2026, 4, 15)
LEAVING = Leaving("A001", EXIT, "independent")
LATER = datetime.date(2027, 1, 1)

TRADE = """
2026-01-10 * "Apport" ^avance-A001
  Assets:55:5500-Banque:A001   500.00 EUR
  Assets:9:960-Liaison:A001   -500.00 EUR
2026-02-03 * "Client" "Facture" ^F1
  Assets:40:400-Clients:A001               1210.00 EUR
  Income:70:700-VentesPrestations:A001    -1000.00 EUR
  Liabilities:45:451-TVAPayer:A001         -210.00 EUR
2026-02-20 * "Client" "Paiement" ^F1
  Assets:55:5500-Banque:A001   1210.00 EUR
  Assets:40:400-Clients:A001  -1210.00 EUR
2026-03-03 * "Fournisseur" "Achat"
  Expenses:60:601-Fournitures:A001         500.00 EUR
  Assets:41:411-TVARecuperer:A001          105.00 EUR
  Assets:55:5500-Banque:A001              -605.00 EUR
"""
ADVANCE = """
2026-01-10 * "Avance" ^avance-A001
  Assets:9:960-Liaison:COOP    500.00 EUR
  Assets:55:5500-Banque:COOP  -500.00 EUR
"""


@pytest.fixture
def main(tmp_path):
    """Make a cooperative of two activities, of which A001 trades."""
    folder = tmp_path / "ledgers"
    create_cooperative(folder, "A001", Settings(START))
    create_activity(folder / "activities/A002", Settings(START))
    add(folder / "main.beancount", TRADE)
    with (folder / "coop/2026.beancount").open("a") as file:
        file.write(ADVANCE)
    return folder / "main.beancount"


def add(main, text, unit="A001", name="books/2026.beancount"):
    with (main.parent / f"activities/{unit}/{name}").open("a") as file:
        file.write(text)


def moved(day, account, amount, other, link=""):
    """Write an entry of A001 that moves *amount* to an account from another."""
    return f'{day} * "Mouvement" {link}\n  {account}:A001  {amount} EUR\n  {other}:A001  -{amount} EUR\n'


def terms(main, *lines):
    ledger = main.parent / "activities/A001/terms.beancount"
    declared = 'custom "activity" "A001"\n'
    ledger.write_text(ledger.read_text().replace(declared, declared + "".join(f"  {line}\n" for line in lines)))


def snapshot(main):
    return {path: path.read_text() for path in main.parent.rglob("*.beancount")}


def sums(entries, key=lambda account: account):
    found = defaultdict(Decimal)
    for entry in entries:
        if isinstance(entry, Transaction):
            for posting in entry.postings:
                found[key(posting.account)] += posting.units.number
    return {account: total for account, total in found.items() if total}


def parent(account):
    return parse_account(account).parent


def is_of_balance_sheet(account):
    return account.partition(":")[0] not in {"Income", "Expenses", "Produits", "Charges"}


def checked(main):
    """Load the whole and the sub-ledgers alone, and give the whole: nothing is wrong anywhere."""
    for path in (*main.parent.glob("activities/*/ledger.beancount"), main):
        ledger = load_ledger(path)
        assert [str(finding) for finding in ledger.findings] == []
        assert check_seals(ledger.entries, ledger.options) == []
    return ledger


def refusal(main, leaving=LEAVING):
    """Give why the exit is refused, with what is open, after seeing that nothing was written."""
    before = snapshot(main)
    with pytest.raises(Refusal) as planned:
        plan_exit(load_ledger(main), leaving, RULES)
    with pytest.raises(Refusal) as refused:
        write_exit(main, leaving, RULES)
    assert snapshot(main) == before
    assert str(refused.value) == str(planned.value)
    return str(refused.value), [
        f"{'/'.join(Path(each.file).parts[-3:])}:{each.line}: {each.message}" for each in refused.value.findings
    ]


def amounts(transactions):
    return [
        [f"{posting.account} {posting.units.number}" for posting in transaction.postings]
        for transaction in transactions
    ]


def test_the_account_is_settled_to_the_cent_on_both_sides(main):
    before = sums(load_ledger(main).entries, parent)
    found = write_exit(main, LEAVING, RULES)
    after = checked(main)
    assert (str(found.day), str(found.due)) == ("2026-04-30", "450.00 EUR")  # 1000 - 500 - 50 of contribution
    own, coops = (
        [
            entry
            for each in found.writings
            if each.unit == unit
            for entry in each.entries
            if isinstance(entry, Transaction)
        ]
        for unit in ("A001", "COOP")
    )
    assert amounts(own) == [
        [
            "Assets:41:411-TVARecuperer:A001 -105.00",
            "Liabilities:45:451-TVAPayer:A001 210.00",
            "Assets:9:960-Liaison:A001 -105.00",
        ],
        ["Assets:55:5500-Banque:A001 -1105.00", "Assets:9:960-Liaison:A001 1105.00"],
        ["Expenses:61:619-Indemnites:A001 450.00", "Assets:9:960-Liaison:A001 -450.00"],
    ]
    assert amounts(coops) == [
        [
            "Assets:41:411-TVARecuperer:COOP 105.00",
            "Liabilities:45:451-TVAPayer:COOP -210.00",
            "Assets:9:960-Liaison:COOP 105.00",
        ],
        ["Assets:55:5500-Banque:COOP 1105.00", "Assets:9:960-Liaison:COOP -1105.00"],
        ["Liabilities:48:489-DettesDiverses:COOP -450.00", "Assets:9:960-Liaison:COOP 450.00"],
    ]
    assert {link for each in (*own, *coops) for link in each.links} == {"exit-A001"}
    left = [name for name in sums(after.entries) if name.endswith(":A001")]
    assert not list(filter(is_of_balance_sheet, left))
    moved = {"Expenses:61:619-Indemnites": 450, "Liabilities:48:489-DettesDiverses": -450}
    assert sums(after.entries, parent) == {**before, **moved}
    assert [path.relative_to(main.parent).as_posix() for _, path, _ in found.writings] == [
        "activities/A001/terms.beancount",
        "activities/A001/closed/exit.beancount",
        "activities/A001/ledger.beancount",
        "coop/exit-A001.beancount",
    ]


def test_accounts_close_on_the_day_after_with_their_zero(main):
    found = write_exit(main, LEAVING, RULES)
    entries = checked(main).entries
    closed = {entry.account: str(entry.date) for entry in entries if isinstance(entry, Close)}
    opened = load_ledger(main.parent / "activities/A001/ledger.beancount").options["include"]
    assert str(found.writings[0].path) in opened
    assert set(closed.values()) == {"2026-05-01"}
    assert {
        "Expenses:9:950-Contribution:A001",
        "Assets:9:960-Liaison:A001",
        "Income:70:700-VentesPrestations:A001",
    } <= set(closed)
    asserted = {entry.account: str(entry.amount) for entry in entries if isinstance(entry, Balance)}
    assert asserted["Assets:9:960-Liaison:A001"] == asserted["Assets:55:5500-Banque:A001"] == "0.00 EUR"


def test_looking_writes_nothing(main):
    before = snapshot(main)
    found = plan_exit(load_ledger(main), LEAVING, RULES)
    assert snapshot(main) == before
    assert found == write_exit(main, LEAVING, RULES)


def test_months_close_before_and_after_the_exit(main):
    terms(main, 'negative: "carry"')
    close_month(main, Month(2026, 1), LATER)
    close_month(main, Month(2026, 2), LATER)
    found = write_exit(main, LEAVING, RULES)
    assert str(found.due) == "450.00 EUR"
    for month in range(3, 7):
        close_month(main, Month(2026, month), LATER)
        after = checked(main)
        assert not [name for name in sums(after.entries) if name.endswith(":A001") and is_of_balance_sheet(name)]
    levies = {
        levy.month.month: str(levy.levy) for levy in read_levies(after.entries, after.options)["A001"] if levy.levy
    }
    assert levies == {2: "100.00", 4: "-50.00"}  # carried in March, given back at the exit


def test_payments_after_the_exit_are_settled_with_it(main):
    add(main, sale("2026-04-15", "100.00", links="^F2"))
    assert refusal(main)[0] == "These are still open. [BC902]"
    add(
        main,
        moved("2026-06-03", "Assets:55:5500-Banque", "100.00", "Assets:40:400-Clients", "^F2"),
    )
    found = write_exit(main, LEAVING, RULES)
    assert (str(found.day), str(found.due)) == ("2026-06-03", "540.00 EUR")
    checked(main)


def test_a_deficit_is_what_she_owes(main):
    add(main, purchase("2026-04-01", "700.00", links="^P1"))
    add(
        main,
        moved("2026-04-10", "Liabilities:44:440-Fournisseurs", "700.00", "Assets:55:5500-Banque", "^P1"),
    )
    found = write_exit(main, LEAVING, RULES)
    assert str(found.due) == "-200.00 EUR"  # the contribution given back, for it is never negative
    after = sums(checked(main).entries)
    assert after["Assets:41:416-CreancesDiverses:COOP"] == 200
    assert after["Expenses:61:619-Indemnites:A001"] == -200


def test_an_exit_that_is_declared_already_is_not_declared_again(main):
    add(main, '2026-04-15 custom "activity-exit" "A001" "independent"\n', name="terms.beancount")
    found = write_exit(main, LEAVING, RULES)
    assert str(found.due) == "450.00 EUR"
    assert len(re.findall("activity-exit", "".join(snapshot(main).values()))) == 1
    checked(main)


@pytest.mark.parametrize(("day", "outcome"), [(EXIT, "stopped"), (datetime.date(2026, 4, 16), "independent")])
def test_an_exit_that_is_declared_otherwise_is_told(main, day, outcome):
    add(main, '2026-04-15 custom "activity-exit" "A001" "independent"\n', name="terms.beancount")
    reason, told = refusal(main, Leaving("A001", day, outcome))
    assert reason == "Its exit is written otherwise. [BC903]"
    assert "A001/terms.beancount:" in told[0]


def test_a_settled_account_is_not_settled_twice(main):
    write_exit(main, LEAVING, RULES)
    reason, told = refusal(main)
    assert reason == "Its account is settled already. [BC907]"
    assert "A001/closed/exit.beancount:" in told[0]


def test_an_account_settled_by_hand_is_closed_and_then_left_alone(main):
    text = main.parent / "activities/A001/books/2026.beancount"
    text.write_text("")
    (main.parent / "coop/2026.beancount").write_text("")
    found = write_exit(main, LEAVING, RULES)
    assert {writing.unit for writing in found.writings} == {"A001"}
    assert found.due.number == 0
    checked(main)
    assert refusal(main)[0] == "Its account is settled already, and all its accounts are closed. [BC900]"


def test_a_cut_off_exit_is_completed(main):
    before = snapshot(main)
    write_exit(main, LEAVING, RULES)
    whole = snapshot(main)
    (other,) = (path for path in whole if path not in before and path.parent.name == "coop")
    other.unlink()
    assert load_ledger(main).errors
    found = write_exit(main, LEAVING, RULES)
    assert [writing.unit for writing in found.writings] == ["COOP"]
    assert str(found.due) == "450.00 EUR"
    assert snapshot(main) == whole


def test_what_would_not_load_is_taken_back(main, monkeypatch):
    ledger = main.parent / "activities/A001/ledger.beancount"
    ledger.write_text(ledger.read_text().replace("closed/*.beancount", "closed/contributions*.beancount"))
    before = snapshot(main)
    with pytest.raises(Refusal, match="was taken back"):
        write_exit(main, LEAVING, RULES)
    assert snapshot(main) == before
    done = []

    def undo(changes):
        undo_changes(changes)
        done.append(changes)

    monkeypatch.setattr(step, "undo_changes", undo)
    monkeypatch.setattr(soundness, "check_closed", lambda *_: [])
    with pytest.raises(Refusal):
        write_exit(main, LEAVING, RULES)
    assert len(done) == 1


def test_every_open_item_is_listed_with_its_place(main):
    add(main, sale("2026-03-10", "100.00", links="^F7"))
    add(main, purchase("2026-03-11", "40.00", links="^P7"))
    add(
        main,
        '2026-03-12 ! "Client" "Virement"\n  Assets:55:5500-Banque:A001  60.00 EUR\n'
        "  Assets:49:499-CompteAttente:A001  -60.00 EUR\n",
    )
    add(
        main,
        '2026-03-13 * "Dollars"\n  Assets:55:5500-Banque:A001  10.00 USD @ 0.90 EUR\n'
        "  Assets:55:5500-Banque:A001  -9.00 EUR\n",
    )
    reason, told = refusal(main)
    assert reason == "These are still open. [BC902]"
    number = len(TRADE.splitlines()) + 1
    assert [re.sub("; .*|: [a-z ]+, .*", "", line.partition("beancount:")[2]) for line in told] == [
        f"{number + 1}: 100.00 EUR of F7 are open on Clients since 2026-03-10",
        f"{number + 4}: -40.00 EUR of P7 are open on Fournisseurs since 2026-03-11",
        f"{number + 7}: Assets:49:499-CompteAttente:A001 holds -60.00 EUR at the end of 2026-04",
        f"{number + 7}: This entry is flagged !",
        f"{number + 10}: Assets:55:5500-Banque:A001 holds 10.00 USD",
    ]


def test_stocks_and_a_bank_account_of_her_own_are_told(main):
    ledger = main.parent / "activities/A001/ledger.beancount"
    ledger.write_text(
        ledger.read_text()
        + "2026-01-01 open Assets:30:300-Stock:A001\n"
        + '2026-01-01 open Assets:55:5501-Banque:A001\n  iban: "BE68 5390 0754 7034"\n'
    )
    add(
        main,
        moved("2026-03-31", "Assets:30:300-Stock", "80.00", "Expenses:60:601-Fournitures")
        + moved("2026-03-31", "Assets:55:5501-Banque", "100.00", "Assets:55:5500-Banque"),
    )
    found = write_exit(main, LEAVING, RULES)
    after = sums(checked(main).entries)
    assert (after["Assets:30:300-Stock:COOP"], after["Assets:55:5501-Banque:COOP"]) == (80, 100)
    told = [each.message for each in found.remarks]
    assert any("Assets:30:300-Stock:A001 holds 80.00 EUR" in each and "invoice to her" in each for each in told)
    assert any("Assets:55:5501-Banque:A001 carries an IBAN" in each for each in told)
    assert len(told) == 2


@pytest.mark.parametrize(
    ("accounts", "charge", "owed"),
    [
        (("620-Remunerations",), "Expenses:62:620-Remunerations:A001", "Liabilities:48:489-DettesDiverses:COOP"),
        (("492-ChargesAImputer",), "Expenses:61:619-Indemnites:A001", "Liabilities:49:492-ChargesAImputer:COOP"),
        (("643-X", "455-Y"), "Expenses:64:643-X:A001", "Liabilities:45:455-Y:COOP"),
    ],
)
def test_other_accounts_bear_and_owe_the_balance(main, accounts, charge, owed):
    write_exit(main, LEAVING._replace(accounts=accounts), RULES)
    after = sums(checked(main).entries)
    assert (after[charge], after[owed]) == (450, -450)


def test_an_account_that_counts_in_the_margin_is_refused(main):
    reason, told = refusal(main, LEAVING._replace(accounts=("602-Services",)))
    assert reason == "What would be written does not hold. [BC914]"
    assert any("counts in the margin" in line for line in told)


def test_where_class_61_counts_another_account_bears_the_balance(main):
    terms(main, 'margin: "operating"')
    write_exit(main, LEAVING, RULES)
    assert sums(checked(main).entries)["Expenses:64:643-ChargesDiverses:A001"] == 450


def test_what_open_months_give_back_through_the_bank_waits_for_their_closing(main):
    terms(main, 'settlement: "treasury"', 'treasury: "5500-Banque"', 'negative: "carry"')
    for month in (1, 2, 3):
        close_month(main, Month(2026, month), LATER)
    reason, told = refusal(main)
    assert reason == "Some of its treasury is provisional. [BC909]"
    assert "Open months give back 50.00 EUR through the bank" in told[0]
    add(main, '2026-04-15 custom "activity-exit" "A001" "independent"\n', name="terms.beancount")
    close_month(main, Month(2026, 4), LATER)
    found = write_exit(main, LEAVING, RULES)
    assert (str(found.day), str(found.due)) == ("2026-05-01", "450.00 EUR")
    checked(main)


def test_an_exit_in_a_closed_month_is_refused(main):
    for month in (1, 2, 3, 4):
        close_month(main, Month(2026, month), LATER)
    reason, _ = refusal(main)
    assert reason == "2026-04 is closed; an exit is dated in an open month, from 2026-05-01 on. [BC905]"


def test_a_sale_after_the_exit_is_an_error_of_the_exit(main):
    add(main, sale("2026-05-02", "10.00"))
    reason, told = refusal(main)
    assert reason == "With this exit the ledger has errors; correct them first. [BC901]"
    assert "after its exit on 2026-04-15" in told[0]


def test_a_ledger_with_an_error_is_not_settled(main):
    add(main, '2026-03-01 custom "activty" "A001"\n')
    assert refusal(main)[0] == "The ledger has errors; correct them first. [BC501]"


def test_a_sub_ledger_alone_is_not_settled(main):
    path = main.parent / "activities/A001/ledger.beancount"
    assert "does not hold the books of COOP" in refusal(path)[0]


def test_renamed_roots(tmp_path):
    folder = tmp_path / "ledgers"
    create_cooperative(folder, "A001", Settings(START, FRENCH))
    names = dict(zip(BEANCOUNTS_OWN, FRENCH, strict=True))
    for path, text in (
        (folder / "activities/A001/books/2026.beancount", TRADE),
        (folder / "coop/2026.beancount", ADVANCE),
    ):
        renamed = re.sub(r" (\w+):(?=\d)", lambda match: f" {names[match[1]]}:", text)
        path.write_text(path.read_text() + renamed)
    found = write_exit(folder / "main.beancount", LEAVING, RULES)
    assert str(found.due) == "450.00 EUR"
    after = sums(checked(folder / "main.beancount").entries)
    assert not [name for name in after if name.endswith(":A001") and is_of_balance_sheet(name)]


def left(main, leaving):
    """Write an exit; None where what open months give back through the bank stands in its way."""
    try:
        return write_exit(main, leaving, RULES)
    except Refusal as refused:
        if str(refused) == "Some of its treasury is provisional. [BC909]":
            return None
        raise


def settled(text, unit):
    """Pay all that is open of a unit."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "main.beancount"
        path.write_text(text)
        entries = load_ledger(path).entries
    return "".join(
        f'2024-12-01 * "Règlement"{f" ^{item.name}" if item.name else ""}\n  {item.account}  {-item.amount} EUR\n'
        f"  Assets:55:5500-Banque:{unit}  {item.amount} EUR\n"
        for item in open_items(entries, "EUR", None, unit)
    )


@pytest.mark.unmeasured  # the lines are those of other tests, at half the cost
@settings(max_examples=30, deadline=None)
@given(books(), st.data())
def test_after_any_exit_every_account_is_zero_and_only_units_change(drawn, data):
    """On random books without seals of another making, in euro."""
    kept = [
        each for each in drawn.pieces if not any(word in each.text for word in ('"closed"', "#contribution", " USD"))
    ]
    drawn = Books(tuple(kept))
    assume(drawn.has_coop)
    text = drawn.text("beancoop")
    units = sorted(set(re.findall(r'custom "activity" "([^"]+)"', text)))
    unit = data.draw(st.sampled_from(units))
    written = re.search(rf'(\S+) custom "activity-exit" "{unit}" "stopped"', text)
    day = datetime.date.fromisoformat(written[1]) if written else datetime.date(2024, 12, 15)
    text += settled(text, unit)
    declared = "" if written else custom(day, "activity-exit", unit, "stopped")
    with tempfile.TemporaryDirectory() as folder:
        main = Path(folder) / "main.beancount"
        main.write_text(f"{text}{declared}\n")
        before = load_ledger(main)
        main.write_text(text)
        assert before.errors == []
        leaving = Leaving(unit, day, "stopped")
        found = left(main, leaving)
        after = load_ledger(main)
    if found is None:
        event("refused")
        return
    event(f"due: {found.due.number.compare(0)}")
    assert after.errors == []
    kept = [account for account in sums(after.entries) if account.endswith(f":{unit}")]
    assert not list(filter(is_of_balance_sheet, kept))
    due = found.due.number
    parents, then = sums(before.entries, parent), sums(after.entries, parent)
    changed = {name: then.get(name, 0) - parents.get(name, 0) for name in then.keys() | parents.keys()}
    changed = {name: amount for name, amount in changed.items() if amount}
    assert sorted(changed.values()) == sorted([due, -due] if due else [])
    assert {name[:9] for name in changed} <= {"Expenses:", "Liabiliti" if due > 0 else "Assets:41"}
    for other in (*units, "COOP"):
        if other != unit:
            mine = [sums(ledger.entries) for ledger in (before, after)]
            same = [{name: each for name, each in one.items() if name.endswith(f":{other}")} for one in mine]
            assert other == "COOP" or same[0] == same[1]
    levies = [read_levies(ledger.entries, ledger.options) for ledger in (before, after)]
    assert levies[0] == levies[1]


def test_accounts_that_the_contribution_opens_by_itself_close_too(main):
    """Nobody opened 950 and 960: the plugin does, and then the closing of the first month."""
    for path in (main.parent / "activities/A001/ledger.beancount", main.parent / "coop/accounts.beancount"):
        path.write_text(re.sub(r".* open \S+:9:9[56]0-\S+\n", "", path.read_text()))
    text = main.parent / "activities/A001/books/2026.beancount"
    text.write_text(text.read_text().replace(TRADE, TRADE[TRADE.index("2026-02-03") :]))
    (main.parent / "coop/2026.beancount").write_text("")
    write_exit(main, LEAVING, RULES)
    checked(main)
    for month in range(1, 6):
        close_month(main, Month(2026, month), LATER)
        after = checked(main)
    assert not [name for name in sums(after.entries) if name.endswith(":A001") and is_of_balance_sheet(name)]
