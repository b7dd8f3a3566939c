"""The review desk: opinions, decisions, twins, merging and splitting."""
