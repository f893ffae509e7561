"""Load one ledger in this process, the garbage collector off, and print what it cost as JSON.

    python tests/benchmarks/one_load.py LEDGER

All times are seconds of this process's CPU. Nothing is cached. The suite's functions are timed inside the load,
by wrapping those that its module names in ``__plugins__``.
"""

from __future__ import annotations

import functools
import gc
import importlib
import json
import pkgutil
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from beancount import loader
from beancount.ops import pad

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

SUITE = "beancoop"
SHOWN_ERRORS = 5


class Load(NamedTuple):
    """What one load cost, in CPU seconds, and what it gave."""

    load: float
    tail: float  # from the end of the plugins to the end of the load: sort, pad, balance, validation
    functions: dict[str, float]  # each function of the suite, within the load
    alone: dict[str, float]  # each plugin of the suite that can be named alone, after the load
    entries: int
    injected: int
    peak_mb: float
    errors: list[str]


class Stopwatch:
    """Time the suite's functions during a load, and remember where they end and what they were given."""

    def __init__(self) -> None:
        self.functions: dict[str, float] = {}
        self.end = 0.0
        self.given: tuple[list[Any], dict[str, Any]] | None = None
        self.injected = 0

    def wrap(self, module: ModuleType) -> None:
        """Put a timed function in the place of each of the module's plugins."""
        module.__plugins__ = [self._timed(name, one) for name, one in plugins_of(module)]  # type: ignore[attr-defined]

    def _timed(self, name: str, plugin: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(plugin)
        def timed(entries: list[Any], options: dict[str, Any], *config: str) -> Any:
            if self.given is None:
                self.given = list(entries), options
            start = time.process_time()
            result = plugin(entries, options, *config)
            self.end = time.process_time()
            self.functions[name] = self.end - start
            self.injected += len(result[0]) - len(entries)
            return result

        return timed

    def wrap_pad(self) -> None:
        """Take the start of Beancount's own last steps as the end of a plugin phase that holds nothing."""
        add_padding: Callable[..., Any] = pad.pad

        def marked(entries: list[Any], options: dict[str, Any]) -> Any:
            if not self.end:
                self.end = time.process_time()
            return add_padding(entries, options)

        pad.__plugins__ = [marked]  # type: ignore[assignment]


def plugins_of(module: ModuleType) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Give the name and function of each plugin of a module, as Beancount finds them."""
    for one in getattr(module, "__plugins__", ()):
        function = getattr(module, one) if isinstance(one, str) else one
        yield function.__name__, function


def time_alone(given: tuple[list[Any], dict[str, Any]]) -> dict[str, float]:
    """Run each plugin module of the suite by itself on what the whole suite was given."""
    spent = {}
    for found in pkgutil.iter_modules(importlib.import_module(SUITE).__path__):
        module = importlib.import_module(f"{SUITE}.{found.name}")
        functions = list(plugins_of(module))
        entries = list(given[0])
        options = given[1] | {"plugin": [(module.__name__, None)]}  # as if the ledger named this one alone
        start = time.process_time()
        for _, function in functions:
            entries, _ = function(entries, options)
        if functions:
            spent[found.name] = time.process_time() - start
    return spent


def measure(ledger: Path) -> Load:
    """Load *ledger* once."""
    stopwatch = Stopwatch()
    suite = importlib.import_module(SUITE)
    assert suite.RULES  # imported before the clock runs
    stopwatch.wrap(suite)
    stopwatch.wrap_pad()
    gc.disable()
    start = time.process_time()
    entries, errors, _ = loader._load([(str(ledger.resolve()), True)], None, None, None)
    end = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Load(
        load=end - start,
        tail=end - stopwatch.end,
        functions=stopwatch.functions,
        alone=time_alone(stopwatch.given) if stopwatch.given else {},
        entries=len(entries),
        injected=stopwatch.injected,
        peak_mb=peak,
        errors=[f"{e.source.get('filename')}:{e.source.get('lineno')}: {e.message}" for e in errors[:SHOWN_ERRORS]],
    )


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(Path(sys.argv[1]))._asdict()))
