"""A ledger as Fava holds it: loaded as every command loads, its errors in the language of whoever reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.loading.collector import without_collector
from beancoop.loading.load import load
from beancoop.model.findings import as_told
from beancoop.words.language import current
from beancoop.words.messages import Text
from fava import core
from fava.core import FavaLedger, FilteredLedger
from fava.core.ingest import IngestModule

from beancoop_fava.pages.loads import PutTogether
from beancoop_fava.server.extensions import Extensions
from beancoop_fava.server.fava_accounts import Accounts, Attributes
from beancoop_fava.server.fava_reports import Charts, Whole
from beancoop_fava.server.files import ShownFiles, WrittenFiles
from beancoop_fava.server.postings import Postings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from fava.beans.types import LoaderResult
    from fava.ext import FavaExtensionBase
    from fava.helpers import BeancountError

    from beancoop_fava.server.watching import Watch


class _NothingToImport(IngestModule):
    """Fava's import page without anything on it: it would run `import.py`, and serve the files of the inbox."""

    def load_file(self) -> None:
        """Load nothing."""


def _load_uncached(beancount_file_path: str, *, is_encrypted: bool) -> LoaderResult:
    """Load as every command does: after an edit, only what changed; an encrypted file is Beancount's own affair."""
    del is_encrypted  # which our loader sees itself
    entries, errors, options, pieces = load(beancount_file_path)
    found = entries if pieces is None else PutTogether(entries, pieces)
    return found, errors, options  # type: ignore[return-value] # Fava has types of its own for the same


core.load_uncached = _load_uncached


class _Ledger(FavaLedger):
    """A ledger whose errors are told in the reader's language."""

    @property
    def errors(self) -> Sequence[BeancountError]:
        """The errors of the load, in the language of whoever reads them now."""
        return [_for_reader(each) for each in super().errors]

    _postings: Postings | None = None

    def __init__(self, ledger: Path, pages: Sequence[type[FavaExtensionBase]], watch: Watch) -> None:
        """Load *ledger*.

        Args:
            ledger: the path of its main file.
            pages: those that it has whether or not its text names them.
            watch: says whether it has changed since.

        """
        self._pages, self._watch = pages, watch
        super().__init__(str(ledger), poll_watcher=True)

    def load_file(self) -> None:
        """Load it; what was posted to an account is worked out again only where it changed."""
        if self._postings is None:
            self.watcher, self.extensions = self._watch, Extensions(self, self._pages)
            self._postings = Postings()
            self.accounts = Accounts(self, self._postings)
            self.attributes = Attributes(self, self._postings)
            self.charts = Charts(self, self._postings)
        super().load_file()

    def _get_filtered(
        self,
        account: str | None = None,
        filter: str | None = None,  # noqa: A002 - Fava's own name
        time: str | None = None,
    ) -> FilteredLedger:
        if self._postings is None or account or time or (filter and filter.strip()):
            return super()._get_filtered(account, filter, time)
        return Whole(self, self._postings)


class ShownLedger(_Ledger):
    """A ledger that is shown, into which nothing is imported or entered."""

    takes_entries = False

    def load_file(self) -> None:
        """Load it, and let Fava import nothing."""
        self.ingest = _NothingToImport(self)
        self.file = ShownFiles(self)
        super().load_file()
        self.fava_options.import_config, self.fava_options.import_dirs = None, ()


class WrittenLedger(_Ledger):
    """The ledger of an accountant who writes."""

    def load_file(self) -> None:
        """Load it, and let Fava write through the one writer."""
        if not isinstance(self.file, WrittenFiles):
            self.file = WrittenFiles(self)
        with without_collector():
            super().load_file()


def _for_reader(error: BeancountError) -> BeancountError:
    told = as_told(error.message)
    return error._replace(message=told.inside(current()) if isinstance(told, Text) else told)
