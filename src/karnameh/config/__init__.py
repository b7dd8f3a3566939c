"""Settings, addresses, the embedded database and the commands that run the product."""
