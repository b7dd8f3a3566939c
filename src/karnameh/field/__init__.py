"""The phone app and its protocol: what is recorded without a network arrives once."""
