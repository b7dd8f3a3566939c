"""Dashboards: promised, reported, verified, and the rows behind every number."""
