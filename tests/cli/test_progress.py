"""What a person sees at a terminal while something lasts, and a program does not."""

from __future__ import annotations

from threading import Event

import pytest
from beancoop_cli import progress as shown
from beancoop_cli.progress import patiently, progress, status


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


def test_what_lasts_is_told_after_a_while(is_person, capsys, monkeypatch):
    monkeypatch.setattr(shown, "PATIENCE", 0)
    said = Event()

    def noted(what):
        told = status(what)
        said.set()
        return told

    monkeypatch.setattr(shown, "status", noted)
    with patiently("Reading"):
        assert not is_person or said.wait(30)
    assert ("Reading" in capsys.readouterr().err) is is_person


def test_what_is_soon_done_is_not_told(is_person, capsys, monkeypatch):
    monkeypatch.setattr(shown, "PATIENCE", 3600)
    with patiently("Reading"):
        pass
    assert capsys.readouterr().err == ""
