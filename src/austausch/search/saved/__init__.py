"""Saved searches: a question somebody keeps, and what is new of its answers by mail or as a feed."""
