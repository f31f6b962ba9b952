"""Versions of a text in other languages: which exist, who stands for them, and whether they are still up to date."""
