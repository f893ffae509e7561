"""Who writes `books/` and `documents/` of A001 alone: each attack is stopped at its place, no day's work is refused."""

from __future__ import annotations

import pytest
from trust.attacks import ATTACKS, BY, CHECK, GATE, IMPORT, LOAD
from trust.edits import EDITS, IN_FRENCH
from trust.table import table, tried
from trust.trial import Trial, run


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    """Lay out the cooperative once; what is proposed to it stands beside."""
    with pytest.MonkeyPatch.context() as patch:
        root = tmp_path_factory.mktemp("trial")
        patch.syspath_prepend(root)  # where the module is that no attack may import
        yield Trial(root, patch.setattr)


def row(attack):
    gap = attack.gap and pytest.mark.xfail(strict=True, reason=attack.gap)
    return pytest.param(attack, id=attack.name, marks=gap or ())


def test_there_are_many_and_each_has_its_name():
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS) >= 60
    assert len({edit.name for edit in EDITS}) == len(EDITS) >= 40
    assert {attack.by for attack in ATTACKS} == {BY, GATE, LOAD, CHECK, IMPORT}


@pytest.mark.parametrize("attack", [*map(row, ATTACKS)])
def test_an_attack_is_stopped_at_its_place(attack, trial):
    trial.propose(attack.lay)
    verdict = trial.judge(imports=attack.by == IMPORT)
    assert verdict.by == attack.by
    assert verdict.has(attack), verdict.told
    assert not trial.trace.exists()


@pytest.mark.parametrize("attack", [row(attack) for attack in ATTACKS if attack.by in (LOAD, CHECK) and not attack.gap])
def test_what_is_closed_and_what_is_others_stands_meanwhile(attack, trial):
    trial.propose(attack.lay)
    assert trial.keeps_figures()
    told = run("contributions", "--ledger", trial.proposal.main, "--format", "json")
    assert told.exit_code == (1 if attack.by == LOAD else 0)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_a_day_s_work_is_refused_nowhere(edit, trial):
    trial.propose(edit.lay)
    assert trial.judge() == ("", [])
    assert trial.keeps_figures()


def test_a_day_s_work_under_roots_in_french(trial, tmp_path):
    main = tmp_path / "coop/ledgers/main.beancount"
    for command in (
        ["init", tmp_path / "coop", "--start", "2026-01-01", "--roots", "fr"],
        ["check", "--ledger", main],
    ):
        assert run(*command).exit_code == 0
    (main.parent / "activities/A001/books/avril.beancount").write_text(IN_FRENCH, encoding="utf-8")
    result = run("check", "--ledger", main)
    assert result.exit_code == 0, result.output


def test_the_table_says_what_stops_what(trial):
    lines = list(table(tried(attack, trial) for attack in ATTACKS[:3]))
    assert [line.split(" | ")[1:] for line in lines] == [
        ["stopped by", "code"],
        *([each.by.ljust(len("stopped by")), each.code] for each in ATTACKS[:3]),
    ]
