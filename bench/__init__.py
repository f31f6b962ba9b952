"""Measurements, one command per figure: `pages` compares with a stock Wagtail site, `catalogue` times loading."""
