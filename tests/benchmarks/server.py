"""What the server answers when many are there: 500 people registered, 50 of them active for a minute, on loopback.

    python tests/benchmarks/server.py                                         # about six minutes
    python tests/benchmarks/server.py --activities 20 --active 5 --seconds 10 # to try it

Each of the active asks for a page of her own ledger, thinks for a second, and asks for the next. Beside it: stock Fava
on one sub-ledger, asked by one person; the memory of all processes; what one person's worst query costs another's page,
in another ledger and in the same; and how long processes that are killed are away. Nothing fails here.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from beancoop.storage.atomic import write_text
from beancoop_server.passwords import Passwords, Secret
from beancoop_server.sessions import Sessions
from generate import add_size_options, generate, size_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PAGES = (
    "income_statement/",
    "api/income_statement",
    "api/journal_page?page=1&order=desc",
    "extension/Autonomie/",
    "api/trial_balance",
)
WORST = f"api/query?query_string={quote(f'''select grepn('((x+)+)+y', '{'x' * 60}', 0)''')}"
THINKS = 1.0
LOADS = 503
OK = 200


class Site(NamedTuple):
    """A server that listens."""

    port: int
    process: subprocess.Popen[bytes]


class Person(NamedTuple):
    """One who asks, and where her pages begin."""

    unit: str
    cookie: str
    slug: str


class Asked(NamedTuple):
    """An answer: its status, and the seconds until all of it was there."""

    status: int
    seconds: float


class Used(NamedTuple):
    """Seconds of CPU, and seconds of waiting for one while others had it."""

    cpu: float
    waited: float


def ask(port: int, path: str, cookie: str = "") -> Asked:
    """Ask once, on a connection of its own."""
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    begun = time.perf_counter()
    try:
        wire.request("GET", path, headers={"Cookie": cookie, "Accept": "text/html"})
        answer = wire.getresponse()
        answer.read()
    except OSError:
        return Asked(0, time.perf_counter() - begun)
    finally:
        wire.close()
    return Asked(answer.status, time.perf_counter() - begun)


def slug_of(port: int, cookie: str = "") -> str:
    """Give where a person's pages begin, once her books are read."""
    while True:
        wire = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        with contextlib.suppress(OSError):
            wire.request("GET", "/", headers={"Cookie": cookie, "Accept": "text/html"})
            answer = wire.getresponse()
            answer.read()
            if answer.status not in {0, LOADS}:
                return f"/{(answer.getheader('Location') or '').split('/')[1]}/"
        wire.close()
        time.sleep(0.2)


@contextlib.contextmanager
def serving(*command: str) -> Iterator[Site]:
    """Serve on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [each.format(port=port) for each in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield Site(port, process)
    finally:
        process.terminate()
        process.wait(timeout=60)


def register(file: Path, units: list[str]) -> dict[str, str]:
    """Write who may see what, and give a session of each; the passwords are nobody's, to spare half a minute."""
    people = "".join(f'"{unit.lower()}@example.be" = "{unit}"\n' for unit in units)
    write_text(file, f'[people]\n{people}"compta" = "accountant"\n')
    names = [*(f"{unit.lower()}@example.be" for unit in units), "compta"]
    kept = {name: asdict(Secret(stamp="stamp", hash="nobody's")) for name in names}
    write_text(Passwords(file).file, json.dumps(kept))
    sessions = Sessions(file)
    return {name: f"beancoop={sessions.begin(name, 'stamp')}" for name in names}


def live(site: Site, person: Person, until: float, found: list[Asked]) -> None:
    """Ask, think, and ask again."""
    draw = random.Random(person.unit)
    time.sleep(draw.uniform(0, THINKS))
    while time.monotonic() < until:
        found.append(ask(site.port, person.slug + draw.choice(PAGES), person.cookie))
        time.sleep(draw.uniform(0.5, 1.5) * THINKS)


def crowd(site: Site, people: list[Person], seconds: float) -> list[Asked]:
    """Have all of *people* live at once."""
    found: list[Asked] = []
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=live, args=(site, each, until, found)) for each in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def alone(site: Site, person: Person, rounds: int = 40) -> list[Asked]:
    """Have one person ask for every page that stock Fava has too, over and over."""
    pages = [page for page in PAGES if "extension" not in page]
    return [ask(site.port, person.slug + page, person.cookie) for _ in range(rounds) for page in pages]


def told(name: str, found: list[Asked], used: Used) -> str:
    """Give a row: how many, how many failed, median, 99th percentile, CPU and waiting for it of each, in ms."""
    times = sorted(1000 * each.seconds for each in found)
    wrong = sum(each.status != OK for each in found)
    last = times[min(len(times) - 1, round(0.99 * len(times)))]
    cpu, waited = (1000 * seconds / len(times) for seconds in used)
    times_ = f"{statistics.median(times):.0f} | {last:.0f} | {cpu:.1f} | {waited:.1f}"
    return f"| {name} | {len(found)} | {wrong} | {times_} |"


def used_by(site: Site) -> Used:
    """Give what a server took so far: all its processes, and for the CPU those that have ended too (proc(5))."""
    pids = processes(site.process.pid)
    texts = (Path(f"/proc/{pid}/stat").read_text(encoding="ascii") for pid in pids)
    ticks = (sum(map(int, text.rpartition(")")[2].split()[11:15])) for text in texts)
    waits = 0
    for pid in pids:
        for each in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):
                waits += int((each / "schedstat").read_text(encoding="ascii").split()[1])
    return Used(sum(ticks) / os.sysconf("SC_CLK_TCK"), waits / 1e9)


def report(name: str, site: Site, asking: Callable[[], list[Asked]]) -> None:
    """Print a row of what *asking* finds."""
    before = used_by(site)
    found = asking()
    after = used_by(site)
    print(told(name, found, Used(after.cpu - before.cpu, after.waited - before.waited)), flush=True)  # noqa: T201


def processes(pid: int) -> list[int]:
    """Give a process and all below it."""
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [pid, *(each for child in below for each in processes(int(child)))]


def megabytes(pids: list[int]) -> float:
    """Give the memory of processes, what they share counted once (proc(5), Pss)."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
            total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total / 1024


def beside_the_worst(site: Site, tom: Person, other: Person, times: int = 40) -> tuple[list[Asked], list[Asked]]:
    """Ask *tom*'s page alone, then while *other* runs the worst query."""
    page = tom.slug + PAGES[1]
    quiet = [ask(site.port, page, tom.cookie) for _ in range(times)]
    worst = threading.Thread(target=ask, args=(site.port, other.slug + WORST, other.cookie))
    worst.start()
    time.sleep(0.5)
    loud = [ask(site.port, page, tom.cookie) for _ in range(times)]
    worst.join()
    return quiet, loud


def away(site: Site, person: Person) -> float:
    """Kill every process that holds a ledger; give the seconds until a person's page is there again."""
    below = Path(f"/proc/{site.process.pid}/task/{site.process.pid}/children").read_text(encoding="ascii").split()
    page = person.slug + PAGES[0]
    for pid in [pid for child in below for pid in processes(int(child))[1:]]:
        os.kill(pid, signal.SIGKILL)
    begun = time.perf_counter()
    while ask(site.port, page, person.cookie).status != OK:
        time.sleep(0.05)
    return time.perf_counter() - begun


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_size_options(parser)
    parser.add_argument("--active", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate(folder / "ledgers", size_of(asked))
        ledger = folder / "ledgers/main.beancount"
        units = sorted(each.name for each in (folder / "ledgers/activities").iterdir())
        run(folder, ledger, units, asked.active, asked.seconds)


def run(folder: Path, ledger: Path, units: list[str], active: int, seconds: float) -> None:
    """Measure, and print as it goes."""
    sessions = register(folder / "people.toml", units)
    bin_ = Path(sys.executable).parent
    one = ledger.parent / "activities" / units[0] / "ledger.beancount"
    print("| | requests | errors | median, ms | 99th percentile, ms | CPU, ms | waited for it, ms |\n|-|-|-|-|-|-|-|")  # noqa: T201
    with serving(str(bin_ / "fava"), str(one), "--port", "{port}", "--read-only") as stock:
        one_alone = Person(units[0], "", slug_of(stock.port))
        report("stock Fava, one person, one sub-ledger", stock, lambda: alone(stock, one_alone))
    people_file = str(folder / "people.toml")
    command = [str(bin_ / "beancoop"), "serve", "--ledger", str(ledger), "--people", people_file]
    with serving(*command, "--bind", "127.0.0.1:{port}") as site:
        first, begun = sessions[f"{units[0].lower()}@example.be"], time.perf_counter()
        lea = Person(units[0], first, slug_of(site.port, first))
        started = time.perf_counter() - begun
        report("ours, one person", site, lambda: alone(site, lea))
        people = [
            Person(unit, cookie, slug_of(site.port, cookie))
            for unit in units[:active]
            for cookie in [sessions[f"{unit.lower()}@example.be"]]
        ]
        one_each = [ask(site.port, each.slug + PAGES[3], each.cookie) for each in people]
        name = f"ours, {len(people)} people of {len(sessions)} registered, {seconds:.0f} s"
        report(name, site, lambda: crowd(site, people, seconds))
        memory = megabytes(processes(site.process.pid))
        print(f"\nStart to first page: {started:.1f} s. First pages: {len(one_each)}.")  # noqa: T201
        print(f"Memory: {memory:.0f} MB for {len(people)} people, {memory / len(people):.1f} MB each.")  # noqa: T201
        for words, tom, other in (
            ("another's worst query, another ledger", people[0], people[1]),
            ("her own worst query, the same ledger", people[0], people[0]),
        ):
            quiet, loud = (
                statistics.median(each.seconds for each in all_) for all_ in beside_the_worst(site, tom, other)
            )
            print(f"A page beside {words}: {1000 * quiet:.1f} ms -> {1000 * loud:.1f} ms, {loud / quiet:.2f}")  # noqa: T201
        print(f"All ledgers' processes killed, one back: {away(site, people[-1]):.2f} s")  # noqa: T201


if __name__ == "__main__":
    main()
