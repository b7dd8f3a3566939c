"""Home, sign-in, navigation, search, and the demo federation."""
