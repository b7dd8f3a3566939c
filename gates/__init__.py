"""Checks of the code base: each one reads the sources, and says in a sentence what to do instead."""
