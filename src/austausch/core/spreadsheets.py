"""What every table for a spreadsheet program has to mind, whatever room it comes from."""

from __future__ import annotations

BOM = "\ufeff"
# A cell that begins so would be run as a formula by a spreadsheet program.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def harmless(text: str) -> str:
    """The text so that a spreadsheet program shows it instead of running it."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text
