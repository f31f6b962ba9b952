"""Strategieaustausch: the platform on which a state and its cities share what works."""

__version__ = "0.1.0"
