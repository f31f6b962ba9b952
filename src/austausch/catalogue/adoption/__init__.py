"""Taking over and adapting: copies of entries that know where they come from and what has changed there since.

`fields` says what of an entry can be taken over, `actions` is what people do, `changes` compares source and copy and
tells the owners, `lineage` is who took what from whom.
"""
