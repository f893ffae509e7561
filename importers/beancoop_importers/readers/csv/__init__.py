"""Bank movements as Belgian banks export them: CSV of eight sorts, and Argenta's workbook.

What differs from bank to bank is told in one table (`banks`): the names of the columns, how amounts are written, what
proves that no row is missing, and what tells one movement from another. Everything else is common.
"""

from beancoop_importers.readers.csv.banks import FORMATS
from beancoop_importers.readers.csv.reading import format_of, read

__all__ = ["FORMATS", "format_of", "read"]
