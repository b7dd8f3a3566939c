"""The dictionary of personal data is complete: nothing about a person is kept without being declared."""

from __future__ import annotations

import os
import sys

COMMAND = (
    "personal_data"  # with --check: exit code 1 and a sentence for each column that is not declared
)


def main() -> int:
    """Ask the product itself, which knows its models."""
    import django
    from django.core.management import call_command, get_commands

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "karnameh.config.settings")
    django.setup()
    if COMMAND not in get_commands():
        print(
            f"dictionary: the management command `{COMMAND} --check` is not there, so nothing was checked."
        )
        return 1
    call_command(COMMAND, "--check")
    return 0


if __name__ == "__main__":
    sys.exit(main())
