"""Let no request hold a process for good.

One crafted regular expression, in a query or in the account filter of any page, keeps Python's matcher
busy for hours, and no thread can be stopped from outside. The main thread can: there the matcher looks
for signals. So Fava runs in the main thread of its process, and a timer interrupts what takes too long. It counts the
process's own time, and not that of others on a busy machine.
"""

from __future__ import annotations

import contextlib
import resource
import signal
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


class TooLong(BaseException):
    """The time is over; like KeyboardInterrupt, not to be caught on its way by `except Exception`."""


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Interrupt the block after *seconds* of the processor's time.

    Only the main thread can be interrupted; in any other the block runs without limit.

    Raises:
        TooLong: the block was interrupted.

    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGPROF, _interrupt)
    try:
        signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    finally:
        signal.signal(signal.SIGPROF, before)


def end_after(seconds: float | None) -> None:
    """Have the system end this process when it has used *seconds* of the processor's time more; None: no more.

    That is for what no signal interrupts: a computation inside one call of a library.
    """
    _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = hard if seconds is None else int(time.process_time() + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise TooLong
