"""The heart: immutable entries, and every total that follows from them."""
