"""Catalogue files: from YAML, JSON, CSV and XLSX into the database and back."""
