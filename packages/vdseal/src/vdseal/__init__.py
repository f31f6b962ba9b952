"""Visible digital seals on administrative documents: BSI TR-03171, a profile of TR-03137-1."""
