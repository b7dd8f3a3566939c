"""The one plan object: who does what, where and when, and with whom."""
