"""What happened here, told to other programs: subscriptions, signed deliveries, and their record."""
