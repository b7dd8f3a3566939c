"""The life of an activity as plain values: which move leads where, and which need words."""

from __future__ import annotations

from collections.abc import Mapping

# From each state, the states that a move may lead to. A decision of a reviewer can be taken back
# (accepted or declined → submitted); what has been carried out never goes back.
MOVES: Mapping[str, tuple[str, ...]] = {
    "draft": ("submitted", "cancelled"),
    "submitted": ("returned", "accepted", "declined", "merged", "split", "cancelled"),
    "returned": ("submitted", "declined", "cancelled"),
    "accepted": ("submitted", "returned", "packaged", "merged", "split", "postponed", "cancelled"),
    "packaged": ("accepted", "scheduled", "postponed", "cancelled"),
    "scheduled": ("packaged", "under_way", "postponed", "cancelled"),
    "under_way": ("completed", "cancelled"),
    "completed": ("reported",),
    "reported": ("verified",),
    "verified": ("closed",),
    "declined": ("submitted",),
    "postponed": ("accepted", "cancelled"),
    "merged": (),
    "split": (),
    "cancelled": (),
    "closed": (),
}

# These moves say why, to whoever proposed the activity.
NEEDS_NOTE = frozenset({"returned", "declined", "postponed", "cancelled"})

# Where a proposal's content may still be written by its unit.
OPEN_TO_ITS_UNIT = frozenset({"draft", "returned"})

# What a rule counts: what stands in the plan, and what may still come into it.
STANDING = frozenset(
    {
        "accepted",
        "packaged",
        "scheduled",
        "under_way",
        "completed",
        "reported",
        "verified",
        "closed",
    }
)
PENDING = frozenset({"submitted", "returned"})


def may_move(from_state: str, to_state: str) -> bool:
    """Whether a move leads from one state to the other."""
    return to_state in MOVES[from_state]


def needs_note(to_state: str) -> bool:
    """Whether the move must say why."""
    return to_state in NEEDS_NOTE
