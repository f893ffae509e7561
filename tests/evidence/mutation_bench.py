"""Try mutants: each is written to a private copy of the project, where its module's tests run in a process of its own.

cd tests && python -m evidence.mutation_bench              a sample of every module, the survivors one a line
cd tests && python -m evidence.mutation_bench --all contribution.levy   every mutant of some modules
"""

from __future__ import annotations

import argparse
import compileall
import contextlib
import multiprocessing
import os
import py_compile
import queue
import random
import resource
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from evidence.mutation import Mutant, mutants

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ROOT = Path(__file__).parents[2]
PACKAGES = ("plugins", "importers", "fava_extensions", "cli")
READ = ("ledgers", "queries")
RULES = ("core/test_rules.py", "core/test_rule_edges.py", "core/test_activity_edges.py")
LEVIES = ("test_contribution_cases.py", "test_contribution_closing_cases.py", "core/test_levy_edges.py")
WORDS = ("core/test_declarations.py", *RULES)
SEALS = ("core/test_seal_form.py", "core/test_closing_edges.py", "core/test_closing.py")
FORMULAS = ("core/test_formulas.py", "core/test_docstrings.py")
TESTS = {
    "model.money": (*LEVIES, *RULES, *FORMULAS),
    "model.months": (*RULES, *LEVIES, *FORMULAS, *SEALS),
    "model.accounts": (*RULES, *LEVIES, *WORDS, *SEALS),
    "contribution.levy": (*LEVIES, *RULES, *SEALS),
    "contribution.rule": (*LEVIES, *RULES, *WORDS, *SEALS),
    "contribution.entries": (*LEVIES, *RULES, *WORDS, *SEALS),
    "model.activity": (*RULES, *LEVIES, *WORDS, *FORMULAS),
    "model.register": (*WORDS, *LEVIES, *SEALS),
    "model.directives": (*WORDS, *LEVIES, *SEALS),
    "treasury": (*RULES, *FORMULAS),
    "internal": (*RULES, *SEALS),
    "life": (*RULES, *FORMULAS),
    "reserves": ("core/test_common_property.py", *RULES),
    "exact": (*RULES, *FORMULAS),
    "chart": (*RULES, *FORMULAS),
    "closing.canonical": SEALS,
    "closing.seal": SEALS,
    "closing.sealing": SEALS,
    "closing.close": SEALS,
    "rules.engine": (*RULES, *LEVIES, "core/test_checklist.py", *SEALS),
    "rules.written_amounts": ("core/test_explicit.py",),
    "closing.checklist": ("core/test_checklist.py",),
    "rules.proof": ("core/test_checklist.py",),
    "model.findings": ("core/test_findings.py", "core/test_checklist.py"),
    "loading.ledger": ("core/test_ledger.py", "core/test_findings.py", *SEALS),
    "storage.layout": SEALS,
    "books.query": ("cli/test_queries.py",),
    "storage.scaffold": ("core/test_scaffold.py", "core/test_closing.py", "cli/test_commands.py"),
    "storage.folder": ("core/test_folder.py", "core/test_scaffold.py"),
    "books.sums": ("core/test_sums.py", "core/test_open_items.py"),
    "books.open_items": ("core/test_open_items.py", "core/test_explanation.py"),
    "contribution.explanation": ("core/test_explanation.py",),
    "presentation.section": ("core/test_table.py",),
    "statements.equity": ("fava/test_reserves.py",),
    "statements.state": ("core/test_sides.py", "core/test_appropriation.py"),
    "statements.sides": ("core/test_sides.py",),
    "statements.appropriation_table": ("core/test_appropriation.py",),
    "storage.atomic": ("core/test_atomic.py", "core/test_closing.py", "test_writers.py", "test_crash.py"),
    "storage.step": ("core/test_atomic.py", "core/test_commit.py", "test_writers.py", "test_crash.py"),
    "storage.commit": ("core/test_commit.py", "core/test_closing.py", "core/test_departure.py"),
}
"""The modules of rules, formulas and files, and the tests that must notice a change in each, the fastest first."""

SEED = 20260105
WORKERS = 2
PATIENCE = 20.0
"""Seconds that a mutant's tests may take beyond five times what they take unchanged."""

_MEMORY = 4 << 30
_RAN = 100
"""Added to what pytest answers, so that no other failure of a process is taken for a test that noticed."""


class Verdict(NamedTuple):
    """What the tests said of a mutant: "killed", "timeout" or "survived"."""

    mutant: Mutant
    fate: str


def all_mutants(modules: Iterable[str] = TESTS) -> dict[str, list[Mutant]]:
    """Give every mutant of the modules named."""
    return {module: mutants(module, _file(ROOT, module).read_text()) for module in modules}


def sample(of_module: dict[str, list[Mutant]], share: float) -> dict[str, list[Mutant]]:
    """Draw the same share of the mutants of each module, at least ten, always the same ones."""
    return {
        module: random.Random(f"{SEED} {module}").sample(found, min(len(found), max(10, round(share * len(found)))))
        for module, found in of_module.items()
    }


def _file(root: Path, module: str) -> Path:
    return (root / "plugins/beancoop" / module.replace(".", "/")).with_suffix(".py")


def judge(of_module: dict[str, list[Mutant]]) -> Iterator[Verdict]:
    """Run each mutant's tests; the unchanged modules' run first and must pass, or a death would prove nothing."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", "hypothesis", "beancount.loader", "beancount.parser.printer", "rich"])
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, ThreadPoolExecutor(WORKERS) as pool:
        benches: queue.Queue[_Bench] = queue.Queue()
        for number in range(WORKERS):
            benches.put(_Bench(Path(folder) / str(number), context))

        def unchanged(module: str) -> tuple[str, float]:
            with _borrowed(benches) as bench:
                return module, bench.limit(module)

        limits = dict(pool.map(unchanged, of_module))

        def verdict(mutant: Mutant) -> Verdict:
            with _borrowed(benches) as bench:
                return Verdict(mutant, bench.fate(mutant, limits[mutant.module]))

        yield from pool.map(verdict, [mutant for found in of_module.values() for mutant in found])


@contextlib.contextmanager
def _borrowed(benches: queue.Queue[_Bench]) -> Iterator[_Bench]:
    bench = benches.get()
    try:
        yield bench
    finally:
        benches.put(bench)


class _Bench:
    """A private copy of the project, in which one mutant at a time is tried."""

    def __init__(self, folder: Path, context: multiprocessing.context.ForkServerContext) -> None:
        self.folder, self.context = folder, context
        for name in (*PACKAGES, *READ, "tests"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", folder)
        # a mutant may be as long as the module and as old: only its content tells that it is another
        compileall.compile_dir(folder, quiet=1, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)

    def limit(self, module: str) -> float:
        """Give the seconds that the tests of *module* may take, from what they take unchanged."""
        began = time.monotonic()
        if self._run(module, None) != _RAN:
            said = "\n".join((self.folder / "said.txt").read_text().splitlines()[-40:])
            message = f"The tests of {module} do not pass on the program as it is:\n{said}"
            raise RuntimeError(message)
        return PATIENCE + 5 * (time.monotonic() - began)

    def fate(self, mutant: Mutant, seconds: float) -> str:
        """Say what the tests make of a mutant."""
        path = _file(self.folder, mutant.module)
        unchanged = path.read_text()
        path.write_text(mutant.source)
        try:
            status = self._run(mutant.module, seconds)
        finally:
            path.write_text(unchanged)
        if status is None:
            return "timeout"
        if status in (_RAN + 1, _RAN + 2, _RAN + 3) or status < 0:  # a test failed, or could not be read; or a crash
            return "killed"
        if status != _RAN:
            message = f"The tests did not run on {mutant.name}: status {status}"
            raise RuntimeError(message)
        return "survived"

    def _run(self, module: str, seconds: float | None) -> int | None:
        """Run the tests of *module* in a process of their own; None where it had to be ended."""
        process = self.context.Process(target=_run_tests, args=(str(self.folder), tuple(dict.fromkeys(TESTS[module]))))
        process.start()
        process.join(seconds)
        if process.exitcode is None:
            process.kill()
            process.join()
            return None
        return process.exitcode


def _run_tests(folder: str, files: Sequence[str]) -> None:
    """Run in the child: the tests of the copy against the package of the copy, without a trace."""
    sys.dont_write_bytecode = True
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, hard))  # a loop that collects ends by itself
    os.chdir(folder)
    sys.path[:0] = [f"{folder}/{package}" for package in PACKAGES]
    with Path("said.txt").open("w") as said, contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        import hypothesis  # noqa: PLC0415
        import pytest  # noqa: PLC0415

        hypothesis.settings.register_profile("mutation", derandomize=True, database=None, deadline=None)
        hypothesis.settings.load_profile("mutation")
        options = ["-x", "-q", "-p", "no:cacheprovider", f"--basetemp={folder}/temporary"]
        status = pytest.main([*options, *(f"tests/{name}" for name in files)])
    package = sys.modules.get("beancoop")
    is_ours = package is None or str(package.__file__).startswith(folder)
    os._exit(_RAN + int(status) if is_ours else 99)


def main() -> int:
    """Print the survivors and the score; 0 where nothing survived."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", help="modules to try; all by default: " + ", ".join(TESTS))
    parser.add_argument("--all", action="store_true", help="every mutant, not a sample")
    parser.add_argument("--share", type=float, default=0.2, help="the share to draw (default: %(default)s)")
    given = parser.parse_args()
    if unknown := set(given.modules) - set(TESTS):
        parser.error(f"no such module here: {', '.join(sorted(unknown))}")
    of_module = all_mutants(given.modules or TESTS)
    chosen = of_module if given.all else sample(of_module, given.share)
    tried = survived = 0
    for verdict in judge(chosen):
        tried += 1
        if verdict.fate == "survived":
            survived += 1
            print(f"{_file(ROOT, verdict.mutant.module)}:{verdict.mutant.line}: {verdict.mutant.name}", flush=True)  # noqa: T201
    print(f"{tried} mutants, {survived} survived")  # noqa: T201
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
