"""`./karnameh bench …`: measurements of the product beside what a user would pick instead."""
