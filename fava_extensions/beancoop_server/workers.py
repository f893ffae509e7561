"""The processes that hold the ledgers: one for each seat, started when asked for, ended when idle, replaced when dead.

Python's own fork server (`multiprocessing`) starts them: it has imported Fava and Beancount once, and what it forks
shares that memory and is there at once. A worker is told its ledger, what may be done with it, and where to listen: it
inherits no file, no key and no memory of this process. Over its pipe come the words of `STATES`, never objects.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
import time
from importlib import import_module
from multiprocessing import connection
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.context import ForkServerContext
    from multiprocessing.process import BaseProcess

    from beancoop_server.people import Seat

LOADING, READY = b"loading", b"ready"
STATES = (LOADING, READY)
GONE = b"gone"

WRITING_SECONDS = 600.0
"""How long a request may take of one who writes: the ledger is loaded with it, twice where it is taken back."""
_LONGEST_WORD = 16
_SECONDS_TO_END = 2.0
_LOOKS_EVERY = 1.0


class Limits(NamedTuple):
    """What a worker may take.

    Attributes:
        seconds: of CPU, for one request.
        memory: bytes of address space, while it loads.
        memory_of_a_request: bytes beyond what it has then.
        idle: seconds without a request after which it ends.
        most: workers at once; the one unused for longest makes room.

    """

    seconds: float = 20.0
    memory: int = 8 * 1024**3
    memory_of_a_request: int = 512 * 1024**2
    idle: float = 900.0
    most: int = 120


class Worker:
    """One of them, as this process sees it.

    Attributes:
        address: the Unix socket it listens on once it is ready.
        seconds: how long the last load took; 0 where there was none yet.

    """

    def __init__(self, address: Path, seconds: float) -> None:
        """Know of one that is about to start; *seconds* is how long the one before took to load."""
        self.address, self.seconds = address, seconds
        self.used = self.answered = self.since = time.monotonic()
        self.was_ready = False
        self._state = LOADING
        self._changed = threading.Condition()
        self._pipe: connection.Connection | None = None
        self._pid = 0

    @property
    def state(self) -> bytes:
        """One of STATES, or GONE."""
        return self._state

    @property
    def loading_for(self) -> float:
        """For how many seconds it has been loading, where it is."""
        return time.monotonic() - self.since

    def wait(self, seconds: float) -> bytes:
        """Wait until it no longer loads, *seconds* at most; give its state then."""
        with self._changed:
            self._changed.wait_for(lambda: self._state != LOADING, seconds)
        return self._state

    def dies(self, seconds: float) -> bool:
        """Wait for its death, *seconds* at most; tell whether it is dead."""
        with self._changed:
            return self._changed.wait_for(lambda: self._state == GONE, seconds)

    def started(self, pipe: connection.Connection, pid: int) -> None:
        """Take hold of the process."""
        self._pipe, self._pid = pipe, pid
        if self._state == GONE:  # it was to end before it had begun
            self.end()

    def take(self, state: bytes) -> None:
        """Note what it says."""
        with self._changed:
            if state == READY and self._state == LOADING:
                self.seconds, self.was_ready = self.loading_for, True
            self.since = self.used = time.monotonic()
            self._state = state
            self._changed.notify_all()

    def end(self) -> None:
        """Have it end: it does when its pipe is closed."""
        self.take(GONE)
        with self._changed:  # closed by one thread alone: the other would close what has its number by then
            pipe, self._pipe = self._pipe, None
        if pipe is not None:
            pipe.close()
        self.address.unlink(missing_ok=True)

    def kill(self) -> None:
        """End it although it does not answer."""
        if self._state != GONE and self._pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
        self.end()

    @property
    def pipe(self) -> connection.Connection | None:
        """What tells its states and its death; None where it has not begun or is gone."""
        return self._pipe if self._state != GONE else None


class Workers:
    """All of them."""

    def __init__(self, module: str, limits: Limits | None = None) -> None:
        """Start none yet.

        Args:
            module: the name of the module whose `serve` a worker runs.
            limits: what each may take.

        """
        self.limits = limits or Limits()
        self._module = module
        self._context: ForkServerContext = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([module])
        self._folder = Path(tempfile.mkdtemp(prefix="beancoop-"))  # 0700
        self._lock = threading.Lock()
        self._starting = threading.Lock()
        self._known: dict[Seat, Worker] = {}
        self._failures: dict[Seat, tuple[int, float]] = {}
        self._processes: list[BaseProcess] = []
        self._number = 0
        self._is_open = True
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def warm_up(self) -> None:
        """Have the fork server begin to import what every worker needs."""
        from multiprocessing import forkserver  # noqa: PLC0415 - not on every system

        forkserver.ensure_running()

    def of(self, seat: Seat) -> Worker | None:
        """Give the worker of *seat*, starting one where there is none.

        Returns:
            The worker; None where the last ones died while they were loading, and it is too early to try again.

        """
        with self._lock:
            worker = self._known.get(seat)
            if worker is None or worker.state == GONE:
                count, until = self._failures.get(seat, (0, 0.0))
                if worker is not None and not worker.was_ready:
                    count, until = count + 1, time.monotonic() + min(2.0**count, 60.0)
                    self._failures[seat] = count, until
                    del self._known[seat]
                if time.monotonic() < until:
                    return None
                worker = self._start(seat, worker.seconds if worker else 0.0)
            elif worker.was_ready:
                self._failures.pop(seat, None)
            worker.used = time.monotonic()
        return worker

    def close(self) -> None:
        """End all, and take the folder of their sockets away."""
        with self._lock:
            self._is_open = False
            for worker in self._known.values():
                worker.end()
        self._watcher.join(timeout=_SECONDS_TO_END)
        until = time.monotonic() + _SECONDS_TO_END
        for process in self._processes:
            process.join(max(0.0, until - time.monotonic()))
            process.kill()  # what does not end by itself; nothing where it has
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, seat: Seat, seconds: float) -> Worker:
        self._make_room()
        self._number += 1
        worker = self._known[seat] = Worker(self._folder / str(self._number), seconds)
        threading.Thread(target=self._launch, args=(seat, worker), daemon=True).start()
        return worker

    def _launch(self, seat: Seat, worker: Worker) -> None:
        """Start the process; beside, since the fork server may first have to start itself."""
        with self._starting:
            here, there = self._context.Pipe()
            arguments = (self._module, seat.ledger, seat.right, worker.address, there, self.limits)
            process = self._context.Process(target=run_worker, args=arguments)
            try:
                process.start()
            except (OSError, EOFError):  # the fork server died just now; the next start finds another
                here.close()
                worker.end()
                return
            finally:
                there.close()
        self._processes = [each for each in self._processes if each.is_alive()] + [process]
        worker.started(here, process.pid or 0)

    def _make_room(self) -> None:
        alive = [worker for worker in self._known.values() if worker.state != GONE]
        if len(alive) >= self.limits.most:
            min(alive, key=lambda worker: worker.used).end()

    def _watch(self) -> None:
        """Note what the workers say, and end those that nobody asks any more."""
        while self._is_open:
            with self._lock:
                pipes = {worker.pipe: worker for worker in self._known.values() if worker.pipe}
            with contextlib.suppress(OSError, ValueError):  # one that was closed meanwhile
                for pipe in connection.wait(list(pipes), _LOOKS_EVERY / 10):
                    self._listen(pipe, pipes[pipe])  # type: ignore[index]
            if not pipes:
                time.sleep(_LOOKS_EVERY / 10)
            self._end_idle()

    @staticmethod
    def _listen(pipe: object, worker: Worker) -> None:
        assert isinstance(pipe, connection.Connection)  # noqa: S101 - what was given to `wait`
        try:
            word = pipe.recv_bytes(_LONGEST_WORD)
        except (OSError, EOFError):
            worker.end()
        else:
            worker.take(word if word in STATES else GONE)

    def _end_idle(self) -> None:
        before = time.monotonic() - self.limits.idle
        with self._lock:
            for worker in self._known.values():
                if worker.state == READY and worker.used < before:
                    worker.end()


def run_worker(module: str, *arguments: object) -> None:
    """Be a worker: what a process that was forked for it runs."""
    serve: Callable[..., None] = import_module(module).serve
    serve(*arguments)
