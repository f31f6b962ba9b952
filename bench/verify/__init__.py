"""`python -m bench.verify`: see __main__."""
