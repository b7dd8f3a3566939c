"""The text of the law as the database keeps it: `sql/law.sql` with its parts put in.

A migration that changes the law changes the files and runs `law()` again: its functions are replaced.
"""

from __future__ import annotations

from pathlib import Path

from karnameh.activities.public import TAKES_PLEDGES, TAKES_RESULTS

SQL = Path(__file__).parent / "sql"


def law() -> str:
    """The functions of the law, as one script."""
    text = (SQL / "law.sql").read_text().replace("{gate}", (SQL / "gate.sql").read_text())
    return text.replace("{pledge_states}", _listed(TAKES_PLEDGES)).replace(
        "{result_states}", _listed(TAKES_RESULTS)
    )


def _listed(states: tuple[str, ...]) -> str:
    return ", ".join(f"'{state}'" for state in states)
