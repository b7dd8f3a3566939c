"""Pages and answers of the field."""
