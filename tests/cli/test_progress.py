"""What a person sees at a terminal while something lasts, and a program does not."""

from __future__ import annotations

import pytest
from beancoop_cli.progress import progress, status


@pytest.fixture(params=["", "1"], ids=["program", "person"])
def is_person(request, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", request.param)
    return bool(request.param)


def test_a_bar_passes_on_all_it_is_given(is_person, capsys):
    assert list(progress("abc", "Letters", 3)) == ["a", "b", "c"]
    assert list(progress(iter([]), "None")) == []
    out, err = capsys.readouterr()
    assert out == ""
    assert ("Letters" in err) is is_person


def test_a_status_lasts_as_long_as_the_block(is_person, capsys):
    with status("Closing"):
        pass
    out, err = capsys.readouterr()
    assert out == ""
    assert ("Closing" in err) is is_person


def test_a_status_lets_a_refusal_through(is_person):
    with pytest.raises(ValueError, match="no"), status("Closing"):
        raise ValueError("no")
