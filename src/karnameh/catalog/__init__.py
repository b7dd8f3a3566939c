"""What is counted and how it may be added up: the indicator dictionary and its code lists."""
