"""Grants: a role at a unit, flowing down the tree."""
