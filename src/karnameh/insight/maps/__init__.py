"""Maps of provinces: shapes on the server, a table beside them, nothing from the internet."""
