"""Lists of entries that people keep for themselves and may share inside the network by a link."""
