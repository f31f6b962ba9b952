"""The editors' side of the search."""
