"""`beancoop decide`: what waits on 499, settled one after the other at the keyboard."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click
from beancoop.model.findings import Refusal
from beancoop.presentation.printable import clean
from beancoop.words.language import mark
from beancoop.words.messages import error, phrase
from beancoop.words.system import reason
from beancoop_importers.deciding.desk import Desk
from beancount.core.amount import Amount

from beancoop_cli.common import NO_UNIT, format_option, ledger_option
from beancoop_cli.purposes import PURPOSES
from beancoop_cli.speaking import command, option
from beancoop_cli.telling import FINDINGS, leave, print_findings, relative

if TYPE_CHECKING:
    from pathlib import Path

    from beancoop.words.messages import Text
    from beancoop_importers.deciding.case import Case
    from beancoop_importers.deciding.proposals import Proposal

ONLY_LISTED = error("BC995", "--format json is for the list; add --list.")
NO_NUMBER = error("BC977", "There is no proposal {number}; type one of those shown, an account, or ? for help.")
NOTHING_TO_UNDO = error("BC978", "Nothing has been decided yet, so that there is nothing to take back.")
NOT_DECIDED = phrase("Not decided; everything is as it was.")
NOTHING_WAITS = phrase("Nothing waits on 499.")
WAIT = phrase("{count} movement waits on 499.", "{count} movements wait on 499.")
SHOWN = phrase("{place}: {day} {unit} {amount}")
PROPOSED = phrase("{number}. {account}: {why}")
INVOICE = phrase("{number}. {account}, invoice {invoice}: {why}")
NO_PROPOSAL = phrase("Nothing proposes an account.")
ASKED = phrase("Number, account, s, u, q or ?:")
LAST_ASKED = phrase("Nothing is left to ask; u takes the last decision back, anything else ends:")
DECIDED = phrase("Settled on {account}.")
TAKEN_BACK = phrase("Taken back; every file is as it was before.")
RULE_OFFERED = phrase("For next time, this rule could be added to {file}:")
RULE_ASKED = phrase("Add it? y for yes, anything else for no:")
YES = phrase("y")
RULE_ADDED = phrase("Added.")
NO_RULES = phrase("The rules propose nothing: {finding}")
DONE = phrase(
    "{count} decision written; still waiting: {waiting}.", "{count} decisions written; still waiting: {waiting}."
)
HELP = phrase(
    "A number takes a proposal. An account is typed as its number (6150), its name or the beginning of either, with "
    "another unit behind it where it is of another (6150 A002). s: skip it for now. u: take the last decision back. "
    "q: stop; what was decided stays, and what is left is asked the next time. ?: this help."
)


@command(help=PURPOSES["decide"])
@option("--unit", metavar=mark("UNIT"), default=None, help=mark("Only what waits in the books of this unit."))
@option("--list", "only_list", is_flag=True, help=mark("List what waits, and ask nothing; ends with 1 where it does."))
@format_option
@ledger_option
def decide(unit: str | None, style: str, ledger: Path, *, only_list: bool) -> None:
    """List what waits, or go through it."""
    if style == "json" and not only_list:
        raise click.UsageError(ONLY_LISTED())
    desk = Desk(ledger, unit)
    if unit is not None and not desk.register.knows(unit):
        known = [*desk.register.activities]
        raise click.UsageError(NO_UNIT(ledger=ledger, unit=unit, known=known))
    if only_list:
        _list(desk, style)
    else:
        _Walk(desk).go()


def _list(desk: Desk, style: str) -> None:
    if style == "json":
        listed = [_as_json(case, list(desk.proposals(case))) for case in desk.cases]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=2))
    else:
        for case in desk.cases:
            click.echo(_line(case))
        click.echo(WAIT(count=len(desk.cases)) if desk.cases else NOTHING_WAITS())
    if desk.cases:
        leave(FINDINGS)


def _as_json(case: Case, proposals: list[Proposal]) -> dict[str, object]:
    """Give what waits as a program reads it: stable names, amounts as text."""
    item = case.item
    return {
        "file": relative(str(item.entry.meta["filename"])),
        "line": item.entry.meta["lineno"],
        "date": str(item.entry.date),
        "unit": item.unit,
        "account": item.account,
        "amount": str(case.amount),
        "currency": item.currency,
        "party": case.counterparty,
        "communication": case.text,
        "name": item.name,
        "proposals": [
            {"account": one.account, "kind": one.kind, "invoice": one.invoice, "why": str(one.why)} for one in proposals
        ],
    }


def _line(case: Case) -> str:
    """Say what waits in one line."""
    entry = case.item.entry
    place = f"{relative(str(entry.meta['filename']))}:{entry.meta['lineno']}"
    amount = Amount(case.amount, case.item.currency)
    said = [SHOWN(place=place, day=entry.date, unit=case.item.unit, amount=amount), case.counterparty, case.text]
    return " | ".join(clean(part) for part in said if part)


class _Stopped(Exception):  # noqa: N818 - somebody wants to stop; nothing went wrong
    """The person stops, or there is no more input."""


class _Walk:
    """One person, going through what waits."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.skipped: set[tuple[str, str, str]] = set()

    def go(self) -> None:
        """Ask of one after the other, until none is left or the person stops."""
        if refused := self.desk.rules_refused:
            click.echo(NO_RULES(finding=str(refused._replace(file=relative(refused.file)))), err=True)
        click.echo(WAIT(count=len(self.desk.cases)) if self.desk.cases else NOTHING_WAITS())
        try:
            while (case := self._next()) or self._goes_back():
                if case:
                    self._ask(case)
        except _Stopped:
            click.echo()
        if self.desk.decided or self.desk.cases:
            click.echo(DONE(count=self.desk.decided, waiting=len(self.desk.cases)))

    def _next(self) -> Case | None:
        return next((case for case in self.desk.cases if case.item.key not in self.skipped), None)

    def _waits(self, case: Case) -> bool:
        return any(one.item.key == case.item.key for one in self.desk.cases)

    def _goes_back(self) -> bool:
        """Where nothing is left to ask, offer to take the last decision back, as long as there is one."""
        return bool(self.desk.decided) and _read(LAST_ASKED()).casefold() == "u" and self._undo()

    def _ask(self, case: Case) -> None:
        """Show *case*, and ask until something becomes of it."""
        proposals = list(self.desk.proposals(case))
        _show(case, proposals)
        while not self._answered(case, proposals, _read(ASKED())):
            pass

    def _answered(self, case: Case, proposals: list[Proposal], answer: str) -> bool:
        """Do what was typed; False where the same is to be asked again."""
        match answer.casefold():
            case "q":
                raise _Stopped
            case "s":
                self.skipped.add(case.item.key)
                return True
            case "u":
                return self._undo()
            case "" | "?":
                click.echo(HELP())
                return False
        try:
            choice = self._chosen(case, proposals, answer)
        except Refusal as refused:
            _tell(refused)
            return False
        return self._decided(case, choice)

    def _decided(self, case: Case, choice: Proposal) -> bool:
        """Write the decision; False where it is refused, and the same is to be asked again."""
        try:
            self.desk.decide(case, choice)
        except (Refusal, OSError, UnicodeDecodeError) as refused:
            _tell(refused, NOT_DECIDED())
            return not self._waits(case)
        click.echo(DECIDED(account=choice.account))
        self._offer(case, choice)
        return True

    def _chosen(self, case: Case, proposals: list[Proposal], answer: str) -> Proposal:
        """Give the proposal whose number, or the account, was typed; one figure is a number, two are an account."""
        if len(answer) > 1 or not answer.isdecimal():
            return self.desk.typed(case, answer)
        if not 1 <= int(answer) <= len(proposals):
            raise Refusal(NO_NUMBER(number=answer))
        return proposals[int(answer) - 1]

    def _undo(self) -> bool:
        try:
            undone = self.desk.undo()
        except (Refusal, OSError, UnicodeDecodeError) as refused:
            _tell(refused)
            return False
        click.echo(TAKEN_BACK() if undone else NOTHING_TO_UNDO(), err=not undone)
        return undone

    def _offer(self, case: Case, choice: Proposal) -> None:
        """Offer the rule that would book the next such movement by itself."""
        rule = self.desk.offer(case, choice)
        if rule is None:
            return
        click.echo(RULE_OFFERED(file=relative(str(self.desk.rules_file.absolute()))))
        click.echo(_indented(rule.text))
        if _read(RULE_ASKED()).casefold() not in {"y", str(YES()).casefold()}:
            return
        try:
            self.desk.add_rule(case, rule)
        except (Refusal, OSError, UnicodeDecodeError) as refused:
            _tell(refused)
        else:
            click.echo(RULE_ADDED())


def _show(case: Case, proposals: list[Proposal]) -> None:
    click.echo()
    click.echo(_line(case))
    for number, one in enumerate(proposals, 1):
        told = INVOICE if one.invoice else PROPOSED
        click.echo("  " + clean(told(number=number, account=one.account, invoice=one.invoice, why=one.why)))
    if not proposals:
        click.echo(f"  {NO_PROPOSAL()}")


def _indented(text: str) -> str:
    """Clean what is shown of several lines, each apart."""
    return "\n".join(f"    {clean(line)}" for line in text.splitlines())


def _read(question: Text) -> str:
    """Ask one line of whoever is there, terminal or not; the end of the input stops."""
    click.echo(f"{question} ", nl=False)
    line = sys.stdin.buffer.readline()
    if not line:
        raise _Stopped
    return clean(line.decode(errors="replace").strip())


def _tell(refused: Refusal | OSError | UnicodeDecodeError, outcome: Text | None = None) -> None:
    """Say why something is not done, the places concerned first."""
    if isinstance(refused, Refusal):
        print_findings(refused.findings)
        click.echo(refused.message, err=True)
    else:
        click.echo(reason(refused), err=True)
    if outcome:
        click.echo(outcome, err=True)
