"""What each command is for: known without importing the command, so that `beancoop --help` answers at once."""

from __future__ import annotations

from beancoop.words.language import mark

PURPOSES = {
    "init": mark(
        "Create a new cooperative in FOLDER, ready to load, with one activity, A001.\n\n"
        "Its books are in FOLDER/ledgers, where the other commands look for them from FOLDER."
    ),
    "activity": mark(
        "Create the sub-ledger of UNIT, such as A014, beside the cooperative's ledger.\n\n"
        "With --iban it has a bank account of its own; otherwise a share of the cooperative's."
    ),
    "account": mark(
        "Open the account NUMBER of UNIT, such as 6150 of A001, where the other accounts of the unit are opened.\n\n"
        "It is called as the chart of accounts calls it, and open from the first day of the unit that is not closed."
    ),
    "check": mark(
        "Check the cooperative: the gate, the whole ledger, and each sub-ledger alone.\n\n"
        "The gate comes first, on the text: where it finds something, nothing is loaded."
    ),
    "cache": mark(
        "Show what earlier runs have remembered to answer sooner; with --clear, take it away.\n\n"
        "It can be taken away at any time: every command answers the same without it, and later."
    ),
    "gate": mark(
        "Judge a proposal beside what stands, with nothing of it loaded or run.\n\n"
        "Both are checkouts. With --by, only the books and documents of that unit may differ; without it, whatever "
        "differs is listed by who must approve it."
    ),
    "close": mark(
        "Close PERIOD, a month such as 2026-03 or a financial year such as 2026: write the contributions of the month, "
        "and seal the books of every unit.\n\n"
        "All of it, or nothing. What is closed stays as it is: a mistake in it is corrected by a new entry in an open "
        "month. A year is closed after its months, with the entries tagged #inventory that settle it."
    ),
    "depreciate": mark(
        "Write the fixed assets down for the financial YEAR, such as 2026: what metadata asset: and life: say of them, "
        "linear, from the month of purchase.\n\n"
        "One #inventory entry a unit, dated the last day of the year. Nothing is written without --write, and a second "
        "run finds nothing more."
    ),
    "contributions": mark(
        "Show the contribution of each activity month by month, one row each.\n\n"
        "What was levied is told without the month's own levy; amounts are in the operating currency."
    ),
    "open-books": mark(
        "Open the books with the balances of the programme used before, from the table FILE.\n\n"
        "FILE is CSV with a line of headings: unit, account (its PCMN number), balance (debits positive) or debit and "
        "credit; for the open invoices of customers and suppliers party, invoice, date, due, amount, communication. "
        "Nothing is written without --write, and nothing at all of a table that has a mistake."
    ),
    "exit": mark(
        "Settle the account of the activity UNIT, which leaves: its exit, and the entries that bring it to zero.\n\n"
        "VAT, treasury and what else it holds pass to the cooperative; the rest is what its entrepreneur is owed, or "
        "owes. Nothing is written without --write, and nothing at all as long as something is open."
    ),
    "export": mark(
        "Write all that belongs to the activity UNIT in a new folder, for someone who leaves, or who wants to see.\n\n"
        "Her books for any Beancount, journal, invoices, customers, documents, an opening balance for her own books, "
        "and a README; nothing of any other unit. What was left out or replaced is listed. All of it is written, or "
        "nothing."
    ),
    "import": mark(
        "Book bank statements (CODA, CAMT.053, ...) and e-invoices (Peppol, Factur-X) in the books of whom they "
        "concern.\n\n"
        "A payment that names an invoice exactly settles it; the rules in rules.toml, beside the ledger, tell what "
        "others are for; what nothing tells waits on 499-CompteAttente, flagged `!`, and is listed at the end. A "
        "second import of the same file adds nothing; a file that is refused is left out whole, and stops no other."
    ),
    "decide": mark(
        "Go through what waits on 499-CompteAttente, the oldest first, and settle it.\n\n"
        "For each movement the rules, the open invoices and what the same party was for before propose accounts; "
        "nothing is taken unasked. A decision is written at once, in the books of its unit, and can be taken back; "
        "one may stop at any moment and go on later."
    ),
    "query": mark(
        "Ask the books the query NAME; without NAME, list the queries.\n\n"
        "A query is a file NAME.bql, in the folder `queries` beside that of the ledger or among those of the program."
    ),
    "report": mark(
        "Draw up the report NAME; without NAME, list the reports.\n\n"
        "Without a period it is of the financial year so far; where it is monthly or quarterly, of the last closed "
        "month or the last whole quarter. The report of closed months is the same to the byte whenever it is drawn up "
        "again."
    ),
    "doctor": mark(
        "Say what is missing on this machine and in these books, and what to do.\n\n"
        "It looks at the versions, at Pango, at who may read and write what, at the clock, the disk, the version "
        "history and the state of the ledger; it changes nothing, and ends with 1 where something is to be put right."
    ),
    "people": mark("People: who may see what in the server, and the links by which they choose their passwords."),
    "serve": mark(
        "Show the books in Fava, read-only, at http://127.0.0.1:5000.\n\n"
        "With --people, each person signs in, or is named by a proxy in a header, and sees what that file says.\n\n"
        "With --write, one accountant at this machine writes them there, and with --people those whom that file names."
    ),
    "vat": mark("VAT: the return, the listings, filing them, and what differs since."),
}
"""The help of each command by its name, marked for the catalogue; its first paragraph stands in the list of all."""
