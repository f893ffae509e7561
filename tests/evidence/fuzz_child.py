"""A child process that reads damaged input, one request a line, and answers in one word what came of it.

A request is a JSON list [kind, text]; bytes travel as Latin-1. The answer to each is a JSON list [outcome, words]:

    accepted   it was read
    refused    it was refused in words
    fault      something of ours raised, or told nothing an accountant could use
    foreign    Beancount itself raised, below anything of ours

A death or a silence is the parent's to notice.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
import tempfile
import traceback
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "importers")]

from beancoop.loading.ledger import load_ledger  # noqa: E402 - after the path of the tests
from beancoop_cli.main import main as beancoop  # noqa: E402
from beancoop_importers.model.statement import Refused  # noqa: E402
from beancoop_importers.readers import camt, coda  # noqa: E402
from beancoop_server.people import MisuseError, check_units, read_people  # noqa: E402
from click.testing import CliRunner  # noqa: E402
from evidence.clean_books import found  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

MEMORY, SECONDS = 3_000_000_000, 600

Answer = tuple[str, str]


def read_bank(reader: ModuleType, text: str) -> Answer:
    """Read a bank file; what is accepted adds up to the cent."""
    try:
        statements = reader.read(text.encode("latin-1"))
    except Refused as refused:
        return ("refused", refused.message) if refused.message.strip() else ("fault", "no words")
    for one in statements:
        amounts = [movement.amount for movement in one.movements]
        if not all(amount.is_finite() for amount in amounts):
            return "fault", f"{one.name} has an amount that is no number"
        if None not in {one.old_balance, one.new_balance} and one.old_balance + sum(amounts) != one.new_balance:
            return "fault", f"{one.name} does not add up"
    return "accepted", ""


def read_who(text: str) -> Answer:
    """Read a people file, beside a cooperative that has the unit A001."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "activities/A001").mkdir(parents=True)
        (root / "activities/A001/ledger.beancount").touch()
        (root / "people.toml").write_bytes(text.encode("latin-1"))
        try:
            check_units(read_people(root / "people.toml"), root / "main.beancount", root / "people.toml")
        except MisuseError as misuse:
            words = str(misuse)
            return ("refused", words) if "people.toml" in words else ("fault", f"names no file: {words}")
    return "accepted", ""


def load(text: str) -> Answer:
    """Load a ledger of one file, with the suite."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "main.beancount"
        path.write_text(text, encoding="utf-8", errors="surrogateescape")
        try:
            errors = load_ledger(path).errors
        except Exception as error:  # noqa: BLE001 - whatever it is, is what we are after
            frames = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
            ours = "/beancoop/" in frames[-1]
            return "fault" if ours else "foreign", f"{frames[-1]}: {error!r}"
    crashed = [error.message for error in errors if "Error applying plugin" in error.message]
    if any('"beancoop' in message for message in crashed):
        return "fault", crashed[0]
    return ("foreign", crashed[0]) if crashed else ("refused", "") if errors else ("accepted", "")


def check(text: str) -> Answer:
    """Run `beancoop check` on clean books of which one file, named on the first line, is replaced by the rest."""
    name, _, body = text.partition("\n")
    with tempfile.TemporaryDirectory() as folder:
        ledger = found(Path(folder))
        (ledger.parent / name).write_bytes(body.encode("utf-8", "surrogateescape"))
        result = CliRunner().invoke(beancoop, ["check", "--format", "json", "--ledger", str(ledger)])
    if not isinstance(result.exception, SystemExit | None):
        return "fault", f"{result.exception!r} {traceback.format_exception(result.exception)[-2]}"
    if "Traceback" in result.output:
        return "fault", result.output
    if result.exit_code not in (0, 1):
        return "fault", f"exit {result.exit_code}: {result.output}"
    findings = json.loads(result.stdout)
    if bool(findings) is not bool(result.exit_code):
        return "fault", f"exit {result.exit_code} with {len(findings)} findings"
    return ("refused", findings[0]["message"]) if findings else ("accepted", "")


KINDS: dict[str, Callable[[str], Answer]] = {
    "coda": partial(read_bank, coda),
    "camt": partial(read_bank, camt),
    "people": read_who,
    "load": load,
    "check": check,
}


def main() -> None:
    """Answer until the requests end."""
    os.environ["BEANCOUNT_DISABLE_LOAD_CACHE"] = "1"
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    with contextlib.redirect_stdout(sys.stderr):
        for line in sys.stdin:
            kind, text = json.loads(line)
            try:
                answer = KINDS[kind](text)
            except Exception as error:  # noqa: BLE001 - a fault is an answer too
                answer = "fault", f"{error!r} at {traceback.extract_tb(error.__traceback__)[-1]}"
            print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
