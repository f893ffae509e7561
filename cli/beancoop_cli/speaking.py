"""Click's commands, options and arguments, told in the language in force; `--lang` chooses it.

What they say is marked for the catalogue where it is declared, and put into the reader's language when it is shown.
Click's own texts (`clicks_texts`) stand in the same catalogue: it looks them up by GNU gettext's rules, in the domain
and for the language that are set here.
"""

from __future__ import annotations

import gettext
import os
import sys
from contextlib import contextmanager, nullcontext
from functools import partial
from importlib import import_module
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import click
from beancoop.words.language import DOMAIN, FOLDER, LANGUAGES, VARIABLE, catalogue, current, known, mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

NO_CACHE = "--no-cache"
HEADING = mark("{heading}:")

_GETTEXTS = "LANGUAGE"
"""The variable that comes first where gettext looks for a language."""


def told(text: str) -> str:
    """Put a text marked for translation into the language in force; nothing stays nothing."""
    return catalogue(current()).gettext(text) if text else text


def _told(name: str) -> property:
    """Make an attribute that keeps a text as it is marked, and tells it in the language in force."""
    return property(lambda self: told(vars(self)[name]), lambda self, text: vars(self).update({name: text}))


class _Spoken:
    """What has a help of its own, and perhaps a name for its value."""

    help = _told("help")
    metavar = _told("metavar")


class Option(_Spoken, click.Option):
    """An option."""


class Argument(_Spoken, click.Argument):
    """An argument."""


class _Formatter(click.HelpFormatter):
    def write_heading(self, heading: str) -> None:
        """Write a heading with the colon of the language, which French sets apart."""
        self.write(f"{'':>{self.current_indent}}{told(HEADING).format(heading=heading)}\n")


class _Context(click.Context):
    formatter_class = _Formatter


class _Command(_Spoken, click.Command):
    context_class = _Context

    def __init__(self, *args: Any, **named: Any) -> None:  # noqa: ANN401 - those of click
        super().__init__(*args, **named)
        self.params += (_no_cache(), _lang())

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - that of click
        """Run the command; a ledger that cannot be loaded at all is told like any other refusal."""
        from beancoop_cli.telling import refusals_told  # noqa: PLC0415 - a help has nothing to refuse

        with refusals_told():
            return super().invoke(ctx)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Give the parts of the line of usage."""
        return [told(piece) for piece in super().collect_usage_pieces(ctx)]

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Give the option `--help`, which click keeps in the language of the first who asked."""
        found = super().get_help_option(ctx)
        if found is not None:
            found.help = told("Show this message and exit.")
        return found


class Command(_Command):
    """A command."""


class Deferred(_Spoken, click.Command):
    """A command whose module is imported when it is asked for; until then it is known by name and help alone."""

    def __init__(self, name: str, place: str, *, help: str) -> None:  # noqa: A002 - click's own name
        """Say where it is: the module, a colon, and its name there."""
        super().__init__(name, help=help)
        self._place = place

    def loaded(self) -> click.Command:
        """Import it."""
        module, _, name = self._place.partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


class Program(_Command, click.Group):
    """A command that has others below it; called by itself, it settles the language first."""

    def main(self, args: Sequence[str] | None = None, *others: Any, **named: Any) -> Any:  # noqa: ANN401 - click's own
        """Run it, in the language asked for."""
        words = sys.argv[1:] if args is None else args
        with speaking_program(_asked(words) or current()), _remembering(words):
            return super().main(args, *others, **named)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is meant, and import it if that was put off: to list commands needs none of them."""
        name, found, rest = super().resolve_command(ctx, args)
        return name, found.loaded() if isinstance(found, Deferred) else found, rest


option = partial(click.option, cls=Option)
argument = partial(click.argument, cls=Argument)
command = partial(click.command, cls=Command)


def _lang() -> Option:
    """Give the option that every command has; by the time it is read the language is settled, see `Program`."""
    return Option(
        ["--lang"],
        type=click.Choice(LANGUAGES),
        expose_value=False,
        help=mark("The language to speak; else that of BEANCOOP_LANG, that of the system, or French."),
    )


def _no_cache() -> Option:
    """Give another option that every command has, and which `Program` has heeded by the time it is read."""
    return Option(
        [NO_CACHE],
        is_flag=True,
        expose_value=False,
        help=mark("Neither read nor write what earlier runs have remembered."),
    )


def _remembering(words: Sequence[str]) -> AbstractContextManager[None]:
    """Remember nothing for as long as the block lasts, if a command line asks for that."""
    if NO_CACHE not in takewhile(lambda word: word != "--", words):
        return nullcontext()
    from beancoop.loading.cache import switched_off  # noqa: PLC0415 - a help has nothing to remember

    return switched_off()


def _asked(words: Sequence[str]) -> str | None:
    """Find the language in a command line: before click reads it, since it may refuse what stands before."""
    found = None
    for word, following in zip(words, [*words, ""][1:], strict=True):
        if word == "--":
            break
        name, _, value = word.partition("=")
        if name == "--lang":
            found = known(value or following) or found
    return found


@contextmanager
def speaking_program(language: str) -> Iterator[None]:
    """Have this program speak one of the LANGUAGES, with click and the programs that it starts."""
    chosen = {VARIABLE: language, _GETTEXTS: language}
    before = {name: os.environ.get(name) for name in chosen}
    domain = gettext.textdomain()
    gettext.bindtextdomain(DOMAIN, FOLDER)
    gettext.textdomain(DOMAIN)
    os.environ.update(chosen)
    try:
        yield
    finally:
        gettext.textdomain(domain)
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
