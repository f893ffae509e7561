"""A file is written whole or not at all."""

from __future__ import annotations

import os
import stat

import pytest
from beancoop.atomic import UNDO_FILE, Change, ConflictError, one_step, one_writer, write_text


def test_a_file_is_created_and_replaced(tmp_path):
    path = tmp_path / "livre.beancount"
    write_text(path, "un é\n")
    write_text(path, "deux\r\n")
    assert path.read_bytes() == b"deux\r\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["livre.beancount"]


def test_permissions_are_kept(tmp_path):
    path = tmp_path / "livre.beancount"
    path.write_text("")
    path.chmod(0o640)
    write_text(path, "x")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_file_follows_the_umask(tmp_path):
    before = os.umask(0o027)
    try:
        write_text(tmp_path / "neuf", "x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "neuf").stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "vrai").write_text("un")
    (tmp_path / "lien").symlink_to("vrai")
    write_text(tmp_path / "lien", "deux")
    assert (tmp_path / "lien").is_symlink()
    assert (tmp_path / "vrai").read_text() == "deux"


@pytest.mark.parametrize("call", ["fsync", "rename", "fchmod"])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, call):
    path = tmp_path / "livre.beancount"
    path.write_text("avant")

    def fail(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(OSError, match="No space"):
        write_text(path, "après")
    assert path.read_text() == "avant"
    assert [entry.name for entry in tmp_path.iterdir()] == ["livre.beancount"]


class TestOneStep:
    """Several files, all of them or none."""

    @pytest.fixture
    def changes(self, tmp_path):
        (tmp_path / "books").mkdir()
        main, book = tmp_path / "main.beancount", tmp_path / "books/new.beancount"
        main.write_text("un\n")
        return [Change(main, "un\n", "deux\n"), Change(book, None, "neuf\n"), Change(main, "deux\n", "trois\n")]

    def held(self, folder):
        return {path.name: path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}

    def kill_within(self, folder, changes):
        """End a process of our own in the middle of the step."""
        child = os.fork()
        if child == 0:
            with one_writer(folder), one_step(folder, changes):
                os._exit(9)
        os.waitpid(child, 0)

    def test_all_are_replaced_in_order(self, tmp_path, changes):
        with one_step(tmp_path, changes):
            assert (tmp_path / UNDO_FILE).exists()
        assert self.held(tmp_path) == {"main.beancount": "trois\n", "new.beancount": "neuf\n"}

    def test_what_goes_wrong_within_puts_them_back(self, tmp_path, changes):
        with pytest.raises(KeyboardInterrupt), one_step(tmp_path, changes):
            raise KeyboardInterrupt
        assert self.held(tmp_path) == {"main.beancount": "un\n"}

    def test_a_file_that_someone_else_changed_stays_as_it_is(self, tmp_path, changes):
        (tmp_path / "books/new.beancount").write_text("autre\n")
        with pytest.raises(ConflictError), one_step(tmp_path, changes):
            pass
        assert self.held(tmp_path) == {"main.beancount": "un\n", "new.beancount": "autre\n"}

    def test_the_next_writer_takes_back_what_a_kill_left(self, tmp_path, changes):
        self.kill_within(tmp_path, changes)
        assert (tmp_path / "main.beancount").read_text() == "trois\n"
        with one_writer(tmp_path):
            assert self.held(tmp_path) == {"main.beancount": "un\n"}

    def test_but_not_over_what_was_written_since(self, tmp_path, changes):
        self.kill_within(tmp_path, changes)
        (tmp_path / "books/new.beancount").write_text("neuf\net plus\n")
        with (
            pytest.raises(ConflictError, match=r"new\.beancount was changed since.*beancoop-undo"),
            one_writer(tmp_path),
        ):
            pass
        assert (tmp_path / "main.beancount").read_text() == "trois\n"
        (tmp_path / UNDO_FILE).unlink()
        with one_writer(tmp_path):
            assert (tmp_path / "books/new.beancount").read_text() == "neuf\net plus\n"

    def test_a_folder_that_was_moved_since(self, tmp_path, changes):
        self.kill_within(tmp_path, changes)
        moved = tmp_path.rename(tmp_path.with_name("moved"))
        with one_writer(moved):
            assert self.held(moved) == {"main.beancount": "un\n"}

    @pytest.mark.parametrize("text", ["", "[]", '{"x": 1}', '{"x": {"before": "y"}}'])
    def test_a_file_that_is_none_of_ours_is_told(self, tmp_path, text):
        (tmp_path / UNDO_FILE).write_text(text)
        with pytest.raises(ConflictError, match="delete it"), one_writer(tmp_path):
            pass

    def test_nothing_but_ledgers_is_put_back(self, tmp_path):
        profile = tmp_path / "profile"
        self.kill_within(tmp_path, [Change(profile, None, "le mien\n")])
        with pytest.raises(ConflictError), one_writer(tmp_path):
            pass
        assert profile.read_text() == "le mien\n"
