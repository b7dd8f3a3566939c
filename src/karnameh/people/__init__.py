"""Accounts of office holders: the only persons the product knows by name."""
