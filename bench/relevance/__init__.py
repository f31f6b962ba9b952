"""How well a search finds what people mean: judged queries, several searches, the same figures for all of them."""
