"""What every test needs before it starts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ["BEANCOUNT_DISABLE_LOAD_CACHE"] = "1"  # a cached load would hide a change of the program
os.environ["BEANCOOP_LANG"] = "en"  # the texts in the code: what a test expects stands there word for word
sys.path.insert(0, str(Path(__file__).parent))  # the tests' own helpers: oracle, strategies
