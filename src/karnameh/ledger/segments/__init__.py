"""Sealed history as immutable Parquet files, and roll-ups over them on any engine that reads SQL."""
