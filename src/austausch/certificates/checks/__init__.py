"""The offices' check: many certificates at once, for a purpose and a case, logged, and without keeping a file."""
