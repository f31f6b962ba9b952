"""The editors' side of the catalogue, at /verwaltung/."""
