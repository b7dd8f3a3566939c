"""Packages: what-if drafts, signatures, freezing, and the promises that freezing writes."""
