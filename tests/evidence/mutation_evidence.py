"""How many small changes of the rules and formulas the tests notice; what they do not is explained in README.md here.

A sample by default; every mutant (some 1,200, half an hour) with BEANCOOP_MUTANTS=all in the environment.
"""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from evidence.mutation_bench import all_mutants, judge, sample
from evidence.row import Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evidence.mutation_bench import Verdict

SHARE = 0.25
MARK = 0.9
EXPLAINED = frozenset(re.findall(r"^- `(.+)`$", (Path(__file__).parent / "README.md").read_text(), re.MULTILINE))
"""The mutants that no test can notice, by name: each stands in README.md with the reason."""


def rows() -> Iterator[Row]:
    """Try mutants of every module, and give the score of each and of all."""
    every = all_mutants()
    is_all = os.environ.get("BEANCOOP_MUTANTS") == "all"
    verdicts = list(judge(every if is_all else sample(every, SHARE)))
    for module in every:
        yield _row(f"A change in {module} is noticed (R14)", [one for one in verdicts if one.mutant.module == module])
    yield _total(verdicts, sum(map(len, every.values())))


def unexplained(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Give the survivors that nobody has explained."""
    return [one for one in verdicts if one.fate == "survived" and one.mutant.name not in EXPLAINED]


def _row(promise: str, verdicts: Sequence[Verdict]) -> Row:
    """Give the score of a module over the mutants that a test can notice."""
    missed = len(unexplained(verdicts))
    fates = Counter(one.fate for one in verdicts)
    noticed = len(verdicts) - fates["survived"]
    equal = fates["survived"] - missed
    score = noticed / (noticed + missed) if noticed + missed else 1.0
    return Row(
        promise,
        f"{len(verdicts)} mutants, {equal} of them the same program",
        f"{noticed} noticed ({score:.1%})",
        f"{MARK:.0%} of those that are not the same",
        is_held=score >= MARK,
    )


def _total(verdicts: Sequence[Verdict], of: int) -> Row:
    """Give the score over everything tried, the same program under another text counted as missed."""
    missed = unexplained(verdicts)
    for one in missed:
        print(f"{one.mutant.module}.py:{one.mutant.line}: {one.mutant.name}", file=sys.stderr)  # noqa: T201
    fates = Counter(one.fate for one in verdicts)
    noticed = len(verdicts) - fates["survived"]
    score = noticed / len(verdicts)
    return Row(
        "A change of any rule or formula is noticed (R14)",
        f"{len(verdicts)} of {of} mutants ({fates['timeout']} ended by the clock)",
        f"{noticed} noticed ({score:.1%}); {len(missed)} of the others unexplained",
        f"{MARK:.0%} of all, each other explained",
        is_held=score >= MARK and not missed,
    )
