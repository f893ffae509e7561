"""Beancount's own errors, recognised by what they say (release 3.2), and told as ours: with a code, and what to do.

Each template begins as Beancount's own message does, so that it is found where Beancount's documentation is searched.
What is not recognised, an error of a later release or of somebody's plugin, stays as it is.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from beancoop.words.messages import error, phrase

if TYPE_CHECKING:
    from beancoop.words.messages import Template, Text

# what the parser and the lexer (parser/grammar.py, grammar.y, lexer.l) say
SYNTAX = error(
    "BC001",
    "Syntax error: {unexpected} is not expected here. Expected: {expected}. Look at this line, and at the one before.",
)
SYNTAX_ALONE = error(
    "BC002", "Syntax error: {unexpected} is not expected here. Look at this line, and at the one before."
)
TOKEN = error("BC003", "Invalid token: {token}. Correct its spelling; a text stands between two quotes.")
NUMBER = error(
    "BC004", "Invalid number format: {number}. Write a point before the cents, and no comma but between thousands."
)
NO_DATE = error("BC005", "There is no such date; write it as in 2026-03-31.")
NO_UTF8 = error("BC006", "This line is not UTF-8 text; save the file again in that encoding.")
ACCOUNT = error(
    "BC007", "Invalid account name: {account}. It begins with one of the five roots, each part with a capital or digit."
)
PIPE = error("BC008", "Pipe symbol is deprecated. Put the payee and the narration one after the other, without it.")
TAG_LEFT = error("BC009", 'Unbalanced pushed tag "{tag}": write poptag #{tag} where it is to end.')
META_LEFT = error("BC010", 'Unbalanced metadata key "{key}": write popmeta {key}: where it is to end.')
TAG_ABSENT = error("BC011", 'Attempting to pop absent tag "{tag}": take the line out, or write its pushtag before.')
META_ABSENT = error(
    "BC012", 'Attempting to pop absent metadata key "{key}": take it out, or write its pushmeta before.'
)
OPTION = error("BC013", 'Invalid option "{option}": Beancount knows none of that name; correct it.')
OPTION_FIXED = error("BC014", 'Option "{option}" may not be set; take the line out.')
OPTION_VALUE = error("BC015", 'Error for option "{option}": it may not be {value}; correct the value.')
TWICE_IN_COST = error("BC016", "Duplicate {what} in the cost of a lot: {value}. Write it once.")
MERGE = error("BC017", "Cost merging is not supported yet by Beancount; write the cost of each lot.")
TOTAL_COST = error("BC018", "Per-unit cost may not be specified using total cost syntax; write one of the two.")
METHOD = error("BC019", "Invalid booking method: {method}. Write STRICT, FIFO, LIFO, HIFO or NONE.")
NEGATIVE_PRICE = error(
    "BC020", "Negative prices are not allowed: {price}. The sign stands before the amount, not here."
)
PRICE_OF_NOTHING = error("BC021", "Total price on a posting without units: {price}. Write the amount before it.")
PRICE_CURRENCY = error("BC022", "Cost and price currencies must match: {cost} is not {price}. Write both in one.")
STRINGS = error(
    "BC023", "Too many strings on transaction description: a payee and a narration, no more. Found: {texts}."
)
TAG_TOO_LATE = error("BC024", "Tags or links not allowed after first posting: write them on the line of the date.")
KEY_TWICE = error("BC025", 'Duplicate metadata field on entry: "{key}" is written twice, the second time as {value}.')
POSTING_KEY_TWICE = error(
    "BC026", 'Duplicate posting metadata field: "{key}" is written twice, the second time as {value}.'
)

# what is said while the files are put together (loader.py)
FILE_TWICE = error("BC030", "Duplicate filename parsed: {file} is included twice; take one of the includes out.")
NO_FILE = error("BC031", "File {file} does not exist; correct the include, or put the file there.")
NO_FILES = error("BC032", "File glob {file} does not match any files; correct the include, or put a file there.")
PLUGIN_MISSING = error("BC033", 'Error importing plugin "{plugin}": {reason}. Correct its name, or install it.')
PLUGIN_BROKEN = error(
    "BC034", 'Error applying plugin "{plugin}": {reason}. What it checks is not checked; tell its makers.'
)

# what is said of amounts left out, and of lots (parser/booking.py, booking_full.py, booking_method.py)
ZERO = error("BC040", "Amount is zero: {amount}, of what is held at cost. Write how much, or take the posting out.")
NEGATIVE_COST = error("BC041", "Cost is negative: {number} {currency}. A cost is written without sign.")
CATEGORY = error("BC042", "Failed to categorize posting {number}: it does not say of which currency it is; write it.")
AUTO = error("BC043", "You may not have more than one auto-posting per currency: leave the amount of one posting out.")
NO_LOT = error("BC044", "No position matches {units} on {account}: no lot of that cost is held. Held: {balance}.")
MISSING = error("BC045", "Too many missing numbers for currency group {currency}: leave one number out, not several.")
LOTS = error("BC046", "Not enough lots to reduce {posting}: held are {lots}. Look for a purchase missing.")
AMBIGUOUS = error(
    "BC047", "Ambiguous matches for {posting}: held are {lots}. Write the cost or the date of the one meant."
)
AVERAGE = error("BC048", "AVERAGE method is not supported by Beancount; open the account with another method.")

# what is said of the books (ops/balance.py, validation.py, pad.py, documents.py)
BALANCE_OVER = error(
    "BC050",
    "Balance failed for '{account}': {expected} were expected and {found} are there, {difference} too much. "
    "Look for an entry too many, or for a wrong amount.",
)
BALANCE_UNDER = error(
    "BC051",
    "Balance failed for '{account}': {expected} were expected and {found} are there, {difference} too little. "
    "Look for an entry missing, or for a wrong amount.",
)
BALANCE_CURRENCY = error("BC052", "Invalid currency {currency} for this balance: the account is opened without it.")
BALANCE_TWICE = error("BC053", "Duplicate balance assertion with different amounts on one day; keep the right one.")
OPEN_TWICE = error("BC054", "Duplicate open directive for {account}; take one of the two out.")
CLOSE_TWICE = error("BC055", "Duplicate close directive for {account}; take one of the two out.")
UNKNOWN_ACCOUNT = error(
    "BC056", "Invalid reference to unknown account '{account}': correct its name, or open it on that day or before."
)
INACTIVE_ACCOUNT = error(
    "BC057",
    "Invalid reference to inactive account '{account}': it is not open on that day; correct the date, or its open.",
)
CLOSED_UNOPENED = error("BC058", "Unopened account {account} is being closed: it is not open on that day; correct it.")
CURRENCY = error("BC059", "Invalid currency {currency} for account '{account}': its open allows others alone.")
TOTAL_PRICE = error(
    "BC067",
    "Transaction does not balance: a total price (`@@`) that its units do not divide leaves {residual}. Post the "
    "amount of the total price itself, and write what it was below the posting, as in `original-amount: 3 USD`.",
)
UNBALANCED = error("BC060", "Transaction does not balance: {residual} are left over. Correct its amounts.")
COMMODITY_TWICE = error("BC061", "Duplicate commodity directives for {currency}; take one of the two out.")
PAD_OF_LOTS = error("BC062", "Attempt to pad an entry with cost for balance {balance}; write the purchase instead.")
PAD_UNUSED = error("BC063", "Unused pad entry: no balance after it needs it; take it out.")
NO_DOCUMENT = error(
    "BC064", "File does not exist: {file}. Correct the name in the directive, or put the document there."
)
NO_DOCUMENTS = error("BC065", "Document root {folder} does not exist; correct the option, or make the folder.")

COST, DATE, LABEL = phrase("amount"), phrase("date"), phrase("label")
_IN_A_COST = {"cost": COST, "date": DATE, "label": LABEL}
_TOKENS = {
    "end of file": phrase("the end of the file"),
    "EOL": phrase("the end of the line"),
    "INDENT": phrase("a line set in"),
    "ACCOUNT": phrase("an account"),
    "CURRENCY": phrase("a currency"),
    "STRING": phrase("a text in quotes"),
    "NUMBER": phrase("a number"),
    "DATE": phrase("a date"),
    "TAG": phrase("a #tag"),
    "LINK": phrase("a ^link"),
    "KEY": phrase("a key: of metadata"),
    "FLAG": phrase("a flag such as !"),
}
_SIGNS = {
    "AT": "@",
    "ATAT": "@@",
    "LPAREN": "(",
    "RPAREN": ")",
    "LCURL": "{",
    "RCURL": "}",
    "LCURLCURL": "{{",
    "RCURLCURL": "}}",
    "PLUS": "+",
    "MINUS": "-",
    "COMMA": ",",
    "TILDE": "~",
    "ASTERISK": "*",
    "SLASH": "/",
    "COLON": ":",
    "PIPE": "|",
    "HASH": "#",
}


class _Known(NamedTuple):
    """How one of Beancount's messages reads, with the places of its values named as in our template."""

    pattern: str
    template: Template


_KNOWN = (
    _Known(r"syntax error, unexpected (?P<unexpected>.+?), expecting (?P<expected>.+)", SYNTAX),
    _Known(r"syntax error, unexpected (?P<unexpected>.+)", SYNTAX_ALONE),
    _Known(r"Invalid token: '(?P<token>.*)'", TOKEN),
    _Known(r"ValueError: Invalid number format: '(?P<number>.*)'", NUMBER),
    _Known(r"ValueError: (?:month must be in|day is out of|year -?\d+ is out of) .*", NO_DATE),
    _Known(r"UnicodeDecodeError: .*", NO_UTF8),
    _Known(r"Invalid account name: (?P<account>.*)", ACCOUNT),
    _Known(r"Pipe symbol is deprecated\.", PIPE),
    _Known(r"Unbalanced pushed tag: '(?P<tag>.*)'", TAG_LEFT),
    _Known(r"Unbalanced metadata key '(?P<key>.*?)'; leftover metadata .*", META_LEFT),
    _Known(r"Attempting to pop absent tag: '(?P<tag>.*)'", TAG_ABSENT),
    _Known(r"Attempting to pop absent metadata key: '(?P<key>.*)'", META_ABSENT),
    _Known(r"Invalid option: '(?P<option>.*)'", OPTION),
    _Known(r"Option '(?P<option>.*)' may not be set", OPTION_FIXED),
    _Known(r"Error for option '(?P<option>[^']*)': (?:Invalid [^']*)?(?P<value>'.*')", OPTION_VALUE),
    _Known(r"Duplicate (?P<what>cost): 'CompoundAmount\(number_per=Decimal\('(?P<value>[^']*)'\).*'\.", TWICE_IN_COST),
    _Known(r"Duplicate (?P<what>date|label): '(?P<value>.*)'\.", TWICE_IN_COST),
    _Known(r"Cost merging is not supported yet", MERGE),
    _Known(r"Per-unit cost may not be specified using total cost syntax: .*", TOTAL_COST),
    _Known(r"Invalid booking method: (?P<method>.*)", METHOD),
    _Known(r"Negative prices are not allowed: (?P<price>\S+ \S+) .*", NEGATIVE_PRICE),
    _Known(r"Total price on a posting without units: (?P<price>.*)\.", PRICE_OF_NOTHING),
    _Known(r"Cost and price currencies must match: (?P<cost>\S+) != (?P<price>\S+)", PRICE_CURRENCY),
    _Known(r"Too many strings on transaction description: \[(?P<texts>.*)\]", STRINGS),
    _Known(r"Tags or links not allowed after first Posting: .*", TAG_TOO_LATE),
    _Known(r"Duplicate metadata field on entry: KeyValue\(key='(?P<key>[^']*)', value=(?P<value>.*)\)", KEY_TWICE),
    _Known(
        r"Duplicate posting metadata field: KeyValue\(key='(?P<key>[^']*)', value=(?P<value>.*)\)", POSTING_KEY_TWICE
    ),
    _Known(r'Duplicate filename parsed: "(?P<file>.*)"', FILE_TWICE),
    _Known(r'File "(?P<file>.*)" does not exist', NO_FILE),
    _Known(r'File glob "(?P<file>.*)" does not match any files', NO_FILES),
    _Known(r'Error importing "(?P<plugin>[^"]*)": .*\n\s*(?P<reason>\S[^\n]*?)\.?\s*', PLUGIN_MISSING),
    _Known(r'Error applying plugin "(?P<plugin>[^"]*)": .*\n\s*(?P<reason>\S[^\n]*?)\.?\s*', PLUGIN_BROKEN),
    _Known(r'Amount is zero: "(?P<amount>.*)"', ZERO),
    _Known(
        r"Cost is negative: \"Cost\(number=Decimal\('(?P<number>.*?)'\), currency='(?P<currency>.*?)'.*", NEGATIVE_COST
    ),
    _Known(r"Failed to categorize posting (?P<number>\d+)", CATEGORY),
    _Known(r"You may not have more than one auto-posting per currency", AUTO),
    _Known(
        r"No position matches \"Posting\(account='(?P<account>[^']*)', units=(?P<units>[^,]*), .*\" "
        r"against balance \((?P<balance>.*)\)",
        NO_LOT,
    ),
    _Known(r"Too many missing numbers for currency group '(?P<currency>.*)'", MISSING),
    _Known(r'Not enough lots to reduce "(?P<posting>.*?)": (?P<lots>.*)', LOTS),
    _Known(r'Ambiguous matches for "(?P<posting>.*?)": (?P<lots>.*)', AMBIGUOUS),
    _Known(r"AVERAGE method is not supported", AVERAGE),
    _Known(
        r"Balance failed for '(?P<account>.*)': expected (?P<expected>.*) != accumulated (?P<found>.*) "
        r"\((?P<difference>\S+) too much\)",
        BALANCE_OVER,
    ),
    _Known(
        r"Balance failed for '(?P<account>.*)': expected (?P<expected>.*) != accumulated (?P<found>.*) "
        r"\((?P<difference>\S+) too little\)",
        BALANCE_UNDER,
    ),
    _Known(r"Invalid currency '(?P<currency>.*)' for Balance directive: ?", BALANCE_CURRENCY),
    _Known(r"Duplicate balance assertion with different amounts", BALANCE_TWICE),
    _Known(r"Duplicate open directive for (?P<account>.*)", OPEN_TWICE),
    _Known(r"Duplicate close directive for (?P<account>.*)", CLOSE_TWICE),
    _Known(r"Invalid reference to unknown account '(?P<account>.*)'", UNKNOWN_ACCOUNT),
    _Known(r"Invalid reference to inactive account '(?P<account>.*)'", INACTIVE_ACCOUNT),
    _Known(r"Unopened account (?P<account>.*) is being closed", CLOSED_UNOPENED),
    _Known(r"Invalid currency (?P<currency>\S+) for account '(?P<account>.*)'", CURRENCY),
    _Known(r"Transaction does not balance: \((?P<residual>-?0\.0{10,}[0-9]+ [A-Z][A-Z0-9'._-]*)\)", TOTAL_PRICE),
    _Known(r"Transaction does not balance: \((?P<residual>.*)\)", UNBALANCED),
    _Known(r"Duplicate commodity directives for '(?P<currency>.*)'", COMMODITY_TWICE),
    _Known(r"Attempt to pad an entry with cost for balance: \((?P<balance>.*)\)", PAD_OF_LOTS),
    _Known(r"Unused Pad entry", PAD_UNUSED),
    _Known(r'File does not exist: "(?P<file>.*)"', NO_DOCUMENT),
    _Known(r"Document root '(?P<folder>.*)' does not exist", NO_DOCUMENTS),
)

_AMOUNT = re.compile(r"-?\d+(?:\.\d+)? [A-Z][A-Z0-9'._-]*")
_AMOUNTS = frozenset({"expected", "found", "amount", "price", "residual"})


@cache
def _patterns() -> list[tuple[re.Pattern[str], Template]]:
    return [(re.compile(known.pattern, re.DOTALL), known.template) for known in _KNOWN]


def recognised(message: str) -> Text | None:
    """Give one of Beancount's messages as one of ours; None where it is none that is known."""
    for pattern, template in _patterns():
        if match := pattern.fullmatch(message):
            values = match.groupdict()
            return template(**{name: _value(template, name, text) for name, text in values.items()})
    return None


def _value(template: Template, name: str, text: str) -> object:
    """Read a value, so that it can be written in any language."""
    if template in {SYNTAX, SYNTAX_ALONE}:
        return [_TOKENS.get(token, _SIGNS.get(token, token.lower())) for token in text.split(" or ")]
    if name == "what":
        return _IN_A_COST[text]
    if name == "difference":
        return Decimal(text)
    if name in _AMOUNTS and all(map(_AMOUNT.fullmatch, text.split(", "))):
        from beancount.core.amount import Amount  # noqa: PLC0415 - where one is told, Beancount is there already

        return [Amount.from_string(each) for each in text.split(", ")]
    return text
