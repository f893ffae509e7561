"""Many documents at once: on every core, since laying out a PDF takes most of a second."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import TYPE_CHECKING

from beancoop_cli.reports.rendering import rendered

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from beancoop_cli.reports.document import Document

_FEW = 8
"""Documents that are made sooner than another process has started."""


def render_all(documents: Sequence[Document], style: str) -> Iterator[bytes]:
    """Give each of *documents* as `rendered` does, in their order, as they are made.

    Raises:
        NoEngineError: the libraries that lay out a PDF are not installed.

    """
    cores = os.cpu_count() or 1
    if style != "pdf" or len(documents) <= _FEW or cores == 1:
        yield from (rendered(document, style) for document in documents)
        return
    with ProcessPoolExecutor(cores, get_context("spawn")) as pool:
        yield from pool.map(partial(rendered, style=style), documents, chunksize=4)
