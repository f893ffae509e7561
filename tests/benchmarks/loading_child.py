"""Do one thing with a ledger in this process, and print what of it was not start-up, as JSON.

    python tests/benchmarks/loading_child.py stock|ours|cold|reload-stock|reload-ours|fava-stock|fava-ours LEDGER [FILE]

`stock` is Beancount's own loader, its cache off; `ours` may use what earlier processes have kept, `cold` may not.
`reload-` loads, changes a word in FILE and loads again; `fava-` has Fava answer a page, changes a word, and asks again.
Both do that twice: what a process does for the first time after it has loaded may cost more than ever after.
"""

from __future__ import annotations

import gc
import importlib
import json
import re
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from beancoop.loading import load_file
from beancount import loader

if TYPE_CHECKING:
    from collections.abc import Callable

    Served = tuple[Any, Callable[[Path], None], Callable[[], list]]
    """An application, what has it notice a change of a file, and what gives its entries."""

SUITE = "beancoop"
EDITS = 2
PAGE = ("income_statement/", "api/income_statement")
NARRATION = re.compile(r'^\d{4}-\d\d-\d\d \* .*"([^"\n]*)"', re.MULTILINE)


def edit(file: Path) -> None:
    """Change a word of the file's last transaction to what it never was; it stays as sound as it was."""
    text = file.read_text(encoding="utf-8")
    *_, found = NARRATION.finditer(text)
    word, _, times = found[1].partition(" bis ")
    word = f"{word} bis {int(times or 0) + 1}"  # to undo the last edit would be to ask for what is remembered
    file.write_text(text[: found.start(1)] + word + text[found.end(1) :], encoding="utf-8")


def load_stock(ledger: Path) -> Any:
    """Load with Beancount's own loader."""
    loader.initialize(use_cache=False)
    return loader.load_file(str(ledger))


def timed_suite() -> Callable[[], float]:
    """Time what the suite does within a load, be it asked as a plugin or part by part; give what tells it."""
    module = importlib.import_module(SUITE)
    spent: list[float] = []
    for name in (*module.__plugins__, "suite_by_part"):
        function = getattr(module, name)

        def timed(*arguments: Any, function: Callable = function) -> Any:
            start = time.process_time()
            try:
                return function(*arguments)
            finally:
                spent.append(time.process_time() - start)

        setattr(module, name, timed)
    return lambda: sum(spent)


def timed_load(load: Callable[[Path], Any], ledger: Path) -> dict[str, float]:
    """Load once."""
    suite = timed_suite()
    start = time.process_time()
    entries, errors, _ = load(ledger)
    spent = time.process_time() - start
    assert not errors, errors[:3]
    return {"inside": spent, "suite": suite(), "entries": len(entries)}


def timed_reload(load: Callable[[Path], Any], ledger: Path, file: Path) -> dict[str, float]:
    """Load, change a file, and load again, as a server does: an answer is let go when there is the next."""
    answer = load(ledger)
    assert not answer[1], answer[1][:3]
    spent = []
    for _ in range(EDITS):
        edit(file)
        start = time.process_time()
        answer = load(ledger)
        spent.append(time.process_time() - start)
        assert not answer[1], answer[1][:3]
    return {"first": spent[0], "inside": spent[-1]}


def ask(client: Any, slug: str) -> float:
    """Ask for all that a browser asks for to show the page, and give the seconds it took."""
    start = time.process_time()
    for path in PAGE:
        answer = client.get(f"/{slug}/{path}")
        assert answer.status_code == 200, (path, answer.status)
        answer.get_data()
    return time.process_time() - start


def timed_page(serve: Callable[[Path], Served], ledger: Path, file: Path) -> dict[str, float]:
    """Have a page answered, change a file, and have it answered again."""
    from werkzeug.test import Client  # noqa: PLC0415 - the loads alone need no web

    application, refresh, loaded = serve(ledger)
    client = Client(application)
    slug = client.get("/").headers["Location"].strip("/").partition("/")[0]
    ask(client, slug)
    warm = ask(client, slug)
    spent = []
    for _ in range(EDITS):
        before = id(loaded())  # to hold it would be to hold what nobody does
        edit(file)
        start = time.process_time()
        refresh(file)
        spent.append(time.process_time() - start + ask(client, slug))
        assert id(loaded()) != before, "the change was not noticed"
    return {"warm": warm, "first": spent[0], "inside": spent[-1]}


def stock_fava(ledger: Path) -> Served:
    """Serve with Fava as it comes, which loads with Beancount's own loader."""
    from fava.application import create_app  # noqa: PLC0415

    application = create_app([str(ledger)])
    ((_, loaded),) = application.config["LEDGERS"].items()
    return application, loaded.watcher.notify, lambda: loaded.all_entries  # its thread need not be waited for


def our_fava(ledger: Path) -> Served:
    """Serve with our server's Fava, our pages in it."""
    from beancoop_fava import PAGES  # noqa: PLC0415
    from beancoop_fava.server.fava_app import LedgerApp  # noqa: PLC0415

    application = LedgerApp(ledger, lambda: None, PAGES)
    return application, lambda _: application.refresh(), lambda: application._ledger.all_entries


WORKS: dict[str, Callable[..., dict[str, float]]] = {
    "stock": partial(timed_load, load_stock),
    "ours": partial(timed_load, load_file),
    "cold": partial(timed_load, partial(load_file, cache=False)),
    "reload-stock": partial(timed_reload, load_stock),
    "reload-ours": partial(timed_reload, load_file),
    "fava-stock": partial(timed_page, stock_fava),
    "fava-ours": partial(timed_page, our_fava),
}


def main() -> None:
    """Run the command line."""
    work, *paths = sys.argv[1:]
    assert gc.isenabled()
    assert importlib.import_module(SUITE).RULES  # imported before the clock runs
    told = WORKS[work](*map(Path, paths))
    peak = re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))
    sys.stdout.write(json.dumps(told | {"peak": int(peak[1]) / 1024 if peak else 0.0}))


if __name__ == "__main__":
    main()
