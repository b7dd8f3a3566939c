"""Sheets as plain values: columns and their words, cells, rows. No Django, no database."""
