"""What Fava's import page reads bank statements with: fava ledgers/main.beancount, then Import."""

from pathlib import Path

from beancoop_importers.importers import importers_for

CONFIG = importers_for(Path(__file__).parent / "main.beancount")
