"""`python -m karnameh COMMAND`: what `./karnameh` runs once its environment stands."""

from __future__ import annotations

import sys

from karnameh.config.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
