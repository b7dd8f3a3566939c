"""Who and where: two dated trees that are never mixed."""
