"""Messages: a sentence with named places, written once beside the rule that tells it, read in four languages.

    SOLD_EARLY = error("BC301", "{unit} sells on {day}, before its start on {start}.")
    ...
    BeancoopError(meta, SOLD_EARLY(unit="A001", day=day, start=start), entry)

An error's code stays what it is for good, is told with it, and has its paragraph in `docs/checks.md`.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple, Self, SupportsIndex

from beancoop.words import language as languages
from beancoop.words.formats import CalendarMonth, as_written, day, month_in_words

if TYPE_CHECKING:
    from collections.abc import Sequence

CODES: dict[str, Template] = {}
"""Every error whose module has been imported, by its code."""


class Template(NamedTuple):
    """A sentence as the code has it, in English.

    Attributes:
        text: the sentence, with the places of its values in braces.
        plural: the sentence for a `count` other than one; "" where there is no such difference.
        code: the code of an error; "" for anything else.

    """

    text: str
    plural: str = ""
    code: str = ""

    def __call__(self, **values: object) -> Text:
        """Put *values* in their places."""
        return Text(self, values)

    def read(self, values: dict[str, object], language: str) -> str:
        """Write it in one of the languages, without its code."""
        return filled(self.sentence(values, language), values, language)

    def sentence(self, values: dict[str, object], language: str) -> str:
        """Give the sentence in one of the languages: that for many where the `count` of its *values* says so."""
        catalogue = languages.catalogue(language)
        count = values.get("count", 1)
        if self.plural and isinstance(count, int):
            return catalogue.ngettext(self.text, self.plural, count)
        return catalogue.gettext(self.text)


def filled(sentence: str, values: dict[str, object], language: str) -> str:
    """Put *values*, written in the language, in the places that a *sentence* names in braces."""
    return sentence.format_map({name: _written(value, language) for name, value in values.items()})


class Text(str):
    """A sentence with its values: a string in the language in force when it was made, and readable in any other.

    An error's string ends with its code in brackets, so that whatever shows it tells the code too.
    """

    __slots__ = ("template", "values")

    template: Template
    values: dict[str, object]

    def __new__(cls, template: Template, values: dict[str, object]) -> Self:
        """Write *template* in the language in force."""
        self = super().__new__(cls, _with_code(template.read(values, languages.current()), template.code))
        self.template, self.values = template, values
        return self

    def __reduce_ex__(self, protocol: SupportsIndex, /) -> tuple[type[Text], tuple[Template, dict[str, object]]]:
        """Take it to another program, which writes it in the same language as this one or in its own."""
        return Text, (self.template, self.values)

    @property
    def code(self) -> str:
        """The error's code, "" where it is no error."""
        return self.template.code

    @property
    def plain(self) -> str:
        """The sentence without the code, in the language in force."""
        return self.template.read(self.values, languages.current())

    def inside(self, language: str) -> str:
        """Write it in another of the languages, with its code."""
        return _with_code(self.template.read(self.values, language), self.code)


def error(code: str, text: str, plural: str = "") -> Template:
    """Declare an error under a *code* that no other has.

    Raises:
        ValueError: the code is taken.

    """
    template = Template(text, plural, code)
    if CODES.setdefault(code, template) != template:
        raise ValueError(code)
    return template


def phrase(text: str, plural: str = "") -> Template:
    """Declare what is told and is no error."""
    return Template(text, plural)


def plain(message: str) -> str:
    """Give what a message says without the code of ours that it may carry, in the language in force."""
    return message.plain if isinstance(message, Text) else message


def code_of(message: str) -> str:
    """Give the code of a message; "" where it is none of ours."""
    return message.code if isinstance(message, Text) else ""


def in_source(message: str) -> str:
    """Give a message as the code has it: what order and comparison may rest on, whatever the reader's language."""
    return message.inside(languages.SOURCE) if isinstance(message, Text) else message


def _with_code(sentence: str, code: str) -> str:
    return f"{sentence} [{code}]" if code else sentence


def _written(value: object, language: str) -> str:  # noqa: PLR0911 - one line a type
    """Write a value as the language does; a text stays as it is, and what is to be typed is given as text."""
    match value:
        case Text():
            return value.template.read(value.values, language)
        case Template():
            return value.read({}, language)
        case Decimal():
            return as_written(value, language)
        case datetime.date():
            return day(value, language)
        case CalendarMonth():  # in English as ISO 8601 has it, like the dates beside it
            return str(value) if language == languages.SOURCE else month_in_words(value.first_day, language)
        case tuple() | list():
            return _all_written(value, language)
    return str(value)


def _all_written(values: Sequence[object], language: str) -> str:
    """Write several values, or the two parts of an amount."""
    from beancount.core.amount import Amount  # noqa: PLC0415 - most of what is told has none, and need not wait for it

    if not isinstance(values, Amount):
        return ", ".join(_written(each, language) for each in values)
    number = values.number
    return f"{as_written(number, language)} {values.currency}" if isinstance(number, Decimal) else str(values)
