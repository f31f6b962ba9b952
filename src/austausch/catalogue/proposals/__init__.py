"""Changes that people propose for entries of other organisations: proposed, compared, decided field by field."""
