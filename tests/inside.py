"""Do in this process what the program has another one do: a start of Python costs a test more than the rest of it.

What is read and what is loaded goes the same way as between processes, through JSON and pickle. Beyond it lie limits,
deaths and silence of the other process, which the modules named in `APART` of `conftest.py` test.
"""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

from beancoop.gate import check as gate
from beancoop.gate.child import answer, received
from beancoop.words.language import SOURCE, speaking
from beancoop_cli import check

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def stay_inside(patch: Callable[[object, str, object], object]) -> None:
    """Have the gate read texts, and `beancoop check` load ledgers, in this process.

    Args:
        patch: such as `setattr`.

    """
    patch(gate, "_run_child", _read)
    patch(check, "_load_apart", _load)


def _read(books: list[tuple[Path, Path]], **_: bool) -> tuple[list[list[tuple[int, str]]], str]:
    with speaking(SOURCE):
        lines = list(answer([(str(folder), str(path)) for folder, path in books]))
    return [received(line) for line in lines], ""


def _load(*request: object) -> object:
    return pickle.loads(pickle.dumps(check._load_all(*pickle.loads(pickle.dumps(request)))))  # noqa: S301 - our own
