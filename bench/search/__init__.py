"""How fast the search is among a hundred thousand entries, beside stock modelsearch and tantivy."""
