"""What people do in planning."""
