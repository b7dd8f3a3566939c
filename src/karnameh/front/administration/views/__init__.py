"""Views of the desk: HTTP, then an action or a query, then a template."""
