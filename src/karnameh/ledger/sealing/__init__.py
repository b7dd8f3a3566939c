"""The log on the database: numbering, adding up, signing, proving, checking."""
