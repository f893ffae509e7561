"""What is wrong with a file whatever its format; what one format alone can have wrong stands beside its reader."""

from __future__ import annotations

from beancoop.words.messages import error

NOT_THERE = error("BC700", "there is no such file, or it is not an ordinary one; check its name.")
TOO_BIG = error(
    "BC701",
    "the file holds {size} bytes, more than the {most} it may hold; ask the bank for shorter periods, or the "
    "supplier for smaller attachments.",
)
UNREADABLE = error("BC702", "the file cannot be read: {reason}.")
EMPTY = error("BC703", "the file is empty; get it again from where it came.")
DOCTYPE = error(
    "BC706",
    "the file has a document type (<!DOCTYPE), which no bank and no invoicing program writes, and which can make "
    "a program read what it should not; get it again from the bank or the supplier itself.",
)
NOT_XML = error(
    "BC707",
    "the file is not whole XML ({reason}); get it again from the bank or the supplier, and open it in no other "
    "program.",
)
NO_STATEMENT = error(
    "BC708",
    "this is no {format}, or holds no statement; ask the bank for a file of it, or better of CODA.",
)
LETTER_LOST = error("BC709", "a letter was lost (�) before the file came here.")
WRONG_IBAN = error("BC710", "the check digits of account {account} are wrong.")
NO_AMOUNT = error(
    "BC711",
    "{written} is no amount; expected one such as {example}; the file is damaged, or was changed by another program: "
    "download it again from the bank.",
)
TWO_WAYS = error(
    "BC712",
    "the amount {written} can be read in two ways, with thousands or with three decimals; ask the bank for "
    "another format, such as CODA.",
)
NO_DATE = error(
    "BC713",
    "{written} is no date; expected one such as {example}; the file is damaged, or was changed by another program: "
    "download it again from the bank.",
)
OTHER_CURRENCY = error("BC714", "an amount is in {currency}, the account in {own}; the file cannot be booked.")
NO_ACCOUNT = error(
    "BC715",
    "the statement does not name its account and currency; the file is damaged or incomplete; download it again "
    "from the bank.",
)
UNDATED_BALANCE = error("BC716", "the balance has no date; the file cannot be booked.")
PENDING = error("BC717", "a movement is not booked yet ({status}); it is left out, and comes again when it is.")
UNBALANCED = error(
    "BC718",
    "the old balance {old} and the movements, {moved} in all, make {made}, but the new balance is {new}; the "
    "file is damaged or a part is missing: download it again from the bank, and open it in no other program.",
)
