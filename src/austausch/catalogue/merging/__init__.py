"""Two entries that turn out to be the same become one: chosen field by field, and no address is lost.

`fields` says what can be chosen, `actions` is what people do, `moving` carries along what hangs on an entry.
"""
