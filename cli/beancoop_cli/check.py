"""`beancoop check`: everything that can be checked, for CI."""

from __future__ import annotations

import faulthandler
import os
import resource
import signal
from contextlib import suppress
from functools import partial
from os.path import dirname, isfile
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
from beancoop.loading.collector import without_collector
from beancoop.loading.includes import matching, written_in
from beancoop.model.findings import Finding, Refusal, in_order
from beancoop.storage.layout import LEDGER_FILE, sub_ledgers
from beancoop.words.language import mark
from beancoop.words.messages import error, phrase
from beancoop.words.system import reason

from beancoop_cli.common import findings_option, ledger_option
from beancoop_cli.judged import Before, Judged
from beancoop_cli.purposes import PURPOSES
from beancoop_cli.remembering import Memory
from beancoop_cli.speaking import command, option
from beancoop_cli.telling import FINDINGS, leave, print_findings, refusals_told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from multiprocessing.connection import Connection

    from beancoop.closing.anchor import Anchors

Done = TypeVar("Done")

_WHOLE, _ALONE = b"whole", b"alone"
_MEMORY = 8 << 30
"""Bytes a load may take: some twenty times what 100,000 transactions need."""

NO_PLAIN_FILE = error("BC926", 'include "{name}" leads to no plain file; correct the name.')
ENDS_THE_PROGRAM = error(
    "BC927", "Loading this ledger ends the program; look for a division by zero in what was written last."
)
MOVED = phrase("{count} directive moved; files written: {files}.", "{count} directives moved; files written: {files}.")
IN_PLACE = phrase("Every directive is in its file already.")
FOUND = phrase("{ledger}: {count} finding.", "{ledger}: {count} findings.")
GOOD = phrase(
    "{ledger}: no error, in the whole and in its {count} sub-ledger alone.",
    "{ledger}: no error, in the whole and in each of its {count} sub-ledgers alone.",
)


@command(help=PURPOSES["check"])
@ledger_option
@findings_option
@option(
    "--fix-layout",
    is_flag=True,
    help=mark("First move what stands in the wrong file of a sub-ledger to its own, comments and all."),
)
@option(
    "--anchor",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar=mark("FILE"),
    help=mark("Compare the seals with the lines that closings have printed, and that FILE keeps."),
)
@option(
    "--verify",
    is_flag=True,
    help=mark("Load with Beancount's own loader too, and tell the first difference."),
)
def check(ledger: Path, style: str, *, fix_layout: bool, anchor: Path | None, verify: bool) -> None:
    """Judge first, load then."""
    kept = None if anchor is None else _anchors(anchor)
    if fix_layout:
        _fix_layout(ledger, quiet=style != "text")
    folders = sub_ledgers(ledger)
    with without_collector():
        findings = _judge(ledger, folders, kept)
        if verify and not findings:
            findings = _apart(ledger, _compare_all, ledger, folders)
    print_findings(findings, style)
    if findings:
        click.echo(FOUND(ledger=ledger, count=len(findings)), err=True)
        leave(FINDINGS)
    if style == "text":
        click.echo(GOOD(ledger=ledger, count=len(folders)))


def _judge(ledger: Path, folders: list[Path], kept: Anchors | None) -> list[Finding]:
    """Give what is wrong, looking only at what was not found good before; what is found good now is remembered."""
    memory = Memory(ledger)
    compared = (line.encode() for _, line in kept.lines) if kept else ()  # as read: a pipe is read once
    whole = memory.hash_of(ledger.parent, os.fsencode(ledger.name), _WHOLE, *compared)
    if memory.knows(whole):
        return []
    known = {folder: memory.hash_of(folder, _ALONE) for folder in folders}
    sound = [folder for folder, hashed in known.items() if memory.knows(hashed)]
    folders = [folder for folder, hashed in known.items() if not memory.knows(hashed)]
    from beancoop.gate.check import check_gate  # noqa: PLC0415 - as all that needs Beancount, not where all is known

    if findings := check_gate(folders, forked=True) or odd_includes(ledger, known):
        return findings
    hash_beside = partial(memory.hash_beside, ledger.parent, [*known])
    before = Before(sound, hash_beside, memory.names(), memory.digest_of, memory.knows)
    judged = _load_apart(ledger, folders, kept, before)
    good = [known[folder] for folder in judged.sound if memory.is_untouched(folder)]
    if memory.is_untouched(ledger.parent):
        good += [judged.whole, *([whole] if judged.lasting else [])]
    memory.remember(hashed for hashed in good if hashed is not None)
    return in_order(judged.findings)


def _anchors(file: Path) -> Anchors:
    """Read the anchors that a file keeps."""
    from beancoop.closing.anchor import read_anchors  # noqa: PLC0415 - seldom asked for, as below

    try:
        return read_anchors(file)
    except Refusal as refusal:
        raise click.UsageError(refusal.message) from None
    except OSError as failed:
        raise click.UsageError(reason(failed)) from None


def _fix_layout(ledger: Path, *, quiet: bool) -> None:
    """Move directives, and tell how many."""
    from beancoop.closing.relayout import fix_layout  # noqa: PLC0415

    with refusals_told():
        done = fix_layout(ledger)
    if not quiet:
        click.echo(MOVED(count=done.moved, files=len(done.files)) if done.files else IN_PLACE())


def odd_includes(ledger: Path, folders: Iterable[Path]) -> list[Finding]:
    """Give a finding for each include of what is no plain file; in the folders of sub-ledgers the gate finds those.

    Beancount would wait for a pipe, and read a device, without end.
    """
    findings, judged = [], frozenset(map(str, folders))
    waiting = [str(ledger)]
    seen = set(waiting)
    while waiting:
        file = waiting.pop()
        for number, name in written_in(file):
            named = {each for each in matching(file, name) if dirname(each) not in judged}  # noqa: PTH120 - of hundreds
            plain = set(filter(isfile, named))
            if plain < named:
                findings.append(Finding(os.path.realpath(file), number, NO_PLAIN_FILE(name=name)))
            waiting += plain - seen
            seen |= plain
    return in_order(findings)


def _load_apart(ledger: Path, folders: list[Path], kept: Anchors | None, before: Before) -> Judged:
    judged = _apart(ledger, _load_all, ledger, folders, kept, before)
    return judged if isinstance(judged, Judged) else Judged(judged, [], lasting=False, whole=None)


def _apart(ledger: Path, work: Callable[..., Done], *given: object) -> Done | list[Finding]:
    """Load in a copy of this process: some slips, such as a division by zero, end Beancount and what it runs in."""
    from multiprocessing import get_context  # noqa: PLC0415 - not where nothing need be loaded

    context = get_context("fork")
    reader, writer = context.Pipe(duplex=False)
    child = context.Process(target=_do, args=(writer, work, given), daemon=True)
    child.start()
    writer.close()
    try:
        done, failed = reader.recv()
    except (EOFError, OSError):  # it ended before, or in the midst of its answer
        failed = ENDS_THE_PROGRAM()
    child.join()
    return [Finding(str(ledger.resolve()), 1, failed)] if failed else done


def _do(writer: Connection, work: Callable[..., object], given: Iterable[object]) -> None:
    """Be the copy; what ends it is told as a finding, and by nothing else."""
    faulthandler.disable()
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # whoever interrupts is answered by the process that waits
    _limit_memory()
    try:
        writer.send((work(*given), None))
    except Refusal as refused:
        writer.send((list(refused.findings), None if refused.findings else refused.message))
    except Exception as failure:  # noqa: BLE001 - whatever Beancount does not catch
        from beancoop.loading.ledger import CANNOT_BE_LOADED  # noqa: PLC0415 - imports Beancount

        writer.send((None, CANNOT_BE_LOADED(reason=repr(failure))))


def _limit_memory() -> None:
    for limit, most in ((resource.RLIMIT_AS, _MEMORY), (resource.RLIMIT_CORE, 0)):
        with suppress(ValueError, OSError):  # less is allowed already, or the system knows no such limit
            resource.setrlimit(limit, (most, most))


def _load_all(ledger: Path, folders: list[Path], kept: Anchors | None, before: Before) -> Judged:
    from beancoop_cli.judging import judge  # noqa: PLC0415 - what loads is imported in the process that loads

    return judge(ledger, folders, kept, before)


def _compare_all(ledger: Path, folders: list[Path]) -> list[Finding]:
    from beancoop_cli.verifying import compare_loads  # noqa: PLC0415

    return list(compare_loads([ledger, *(folder / LEDGER_FILE for folder in folders)]))
