"""Fava's extensions: those that the ledger's text names now, and the pages that it has in any case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fava.core.extensions import ExtensionModule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fava.core import FavaLedger
    from fava.ext import FavaExtensionBase


class Extensions(ExtensionModule):
    """Fava keeps what a text once named, and as it was configured then; here all begin anew where its lines change."""

    def __init__(self, ledger: FavaLedger, pages: Sequence[type[FavaExtensionBase]]) -> None:
        """Start with none; *pages* are there whether or not the text, as a sub-ledger's may not, names them."""
        super().__init__(ledger)
        self._pages = pages
        self._named: list[list[object]] | None = None

    def load_file(self) -> None:
        """Make what is named, and the pages that are not."""
        customs = self.ledger.all_entries_by_type.Custom
        named = [[value.value for value in each.values] for each in customs if each.type == "fava-extension"]
        if named != self._named:
            self._named = named
            self._instances.clear()
            self._loaded_extensions.clear()
        super().load_file()
        for page in self._pages:
            if page not in self._loaded_extensions:
                self._loaded_extensions.add(page)
                added = page(self.ledger)
                self._instances[added.name] = added
