"""What a browser needs to write: it asks the accountant what the server asks, and tells her what was written."""

from __future__ import annotations

from fava.ext import FavaExtensionBase


class Redaction(FavaExtensionBase):
    """No page, but a script (`Redaction.js`) that runs on all of them."""

    has_js_module = True
