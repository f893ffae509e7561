"""What every test needs before it starts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ["BEANCOUNT_DISABLE_LOAD_CACHE"] = "1"  # a cached load would hide a change of the program
os.environ["BEANCOOP_LANG"] = "en"  # the texts in the code: what a test expects stands there word for word
HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE / "importers")]  # the tests' own helpers: oracle, strategies, writers of bank files
