"""The gate's child as a copy of this process, which need not start Python and import Beancount anew.

It has the limits of the child that starts afresh, and forgets the environment as well. For programs of one thread, such
as `beancoop check`: in a copy of one that has several, what another thread had locked stays locked.
"""

from __future__ import annotations

import os
import sys
import time
from multiprocessing import get_context
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING

from beancoop.gate.child import give

if TYPE_CHECKING:
    from beancoop.gate.child import Request


def run_forked(request: Request, seconds: float) -> tuple[bytes, int | None]:
    """Have a copy of this process judge some files; give what it printed, and the status it ended with.

    Args:
        request: the files, each after its folder.
        seconds: after which the child is ended, and its status is None.

    """
    reader, writer = os.pipe()
    child = get_context("fork").Process(target=_judge, args=(request, writer), daemon=True)
    watch = Timer(seconds, child.kill)
    watch.daemon = True
    late = time.monotonic() + seconds
    child.start()
    os.close(writer)
    watch.start()
    with os.fdopen(reader, "rb") as pipe:
        printed = pipe.read()
    child.join()
    watch.cancel()
    watch.join()
    return printed, child.exitcode if time.monotonic() < late else None


def _judge(request: Request, writer: int) -> None:
    """Be the child: nothing but its answer leaves it."""
    os.environ.clear()
    sys.stdout = sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until it ends
    for stream in (1, 2):
        os.dup2(sys.stderr.fileno(), stream)
    with os.fdopen(writer, "wb") as pipe:
        give(request, pipe)
