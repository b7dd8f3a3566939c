"""The verifier as it is published: one file that shares no code with the product."""

from pathlib import Path

NAME = "karnameh-verify.py"
FILE = Path(__file__).with_name(NAME)
