"""Open data: everything public of a period, as files that never change, in the formats of the field."""
