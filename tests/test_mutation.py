"""The mutants themselves, and a few of them tried; `make evidence` tries hundreds."""

from __future__ import annotations

import ast

import pytest
from evidence.mutation import Mutant, mutants
from evidence.mutation_bench import ROOT, TESTS, all_mutants, judge, sample
from evidence.mutation_evidence import EXPLAINED

SOURCE = '''"""Text 1."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nowhere import Thing

RATE = "0.10"


def judge(day: int, *, is_strict: bool = True) -> str | None:
    """Say 2."""
    assert day > 3
    found = None
    if day < 10 and not is_strict:
        found = f"{day} at 4"
    return found
'''


def test_every_kind_of_change_is_made_and_nothing_else():
    assert [mutant.name.removeprefix("module") for mutant in mutants("module", SOURCE)] == [
        ": '0.10' -> '0.11'",
        ".judge: True -> False",
        ".judge: found = None -> pass",
        ".judge: day < 10 and (not is_strict) -> day < 10 or not is_strict",
        ".judge: day < 10 and (not is_strict) -> not (day < 10 and (not is_strict))",
        ".judge: day < 10 -> day <= 10",
        ".judge: 10 -> 11",
        ".judge: 10 -> 9",
        ".judge: not is_strict -> is_strict",
        ".judge: found = f'{day} at 4' -> pass",
        ".judge: return found -> return None",
    ]


def test_each_mutant_has_one_change_and_a_name_of_its_own():
    for module, found in all_mutants().items():
        assert len({mutant.name for mutant in found}) == len(found) > 5, module
        assert len({mutant.source for mutant in found}) == len(found), module
        for mutant in found[::9]:
            ast.parse(mutant.source)


def test_a_sample_is_always_the_same_and_of_every_module():
    every = all_mutants()
    drawn = sample(every, 0.2)
    assert drawn == sample(all_mutants(), 0.2)
    assert list(drawn) == list(TESTS)
    assert all(len(drawn[module]) >= min(10, len(found)) for module, found in every.items())


def test_what_is_explained_is_a_mutant_of_the_program_as_it_is():
    """An explanation outlives the code it was about unless somebody looks."""
    names = {mutant.name for found in all_mutants().values() for mutant in found}
    assert names >= EXPLAINED


def test_the_tests_tell_a_wrong_rule_from_the_same_one():
    source = (ROOT / "plugins/beancoop/reserves.py").read_text()
    sources = [source.replace("if lost > covered:", "if lost < covered:"), f"{source}# the same\n", f"{source}1 +\n"]
    assert len({*sources, source}) == 4
    verdicts = judge({"reserves": [Mutant("reserves", "", 1, each) for each in sources]})
    assert [verdict.fate for verdict in verdicts] == ["killed", "survived", "killed"]


def test_tests_that_fail_anyway_prove_nothing(monkeypatch):
    monkeypatch.setitem(TESTS, "reserves", ("core/test_no_such_file.py",))
    with pytest.raises(RuntimeError, match="do not pass on the program as it is"):
        list(judge({"reserves": []}))
