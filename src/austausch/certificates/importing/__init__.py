"""Importing a school's pupils: read, look, confirm once, and take back. See docs/pupils-import.md."""
