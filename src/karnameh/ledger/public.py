"""The door of the ledger."""

from __future__ import annotations

from karnameh.ledger.actions import (
    MAY_POST,
    adjust,
    correct_entry,
    post_entries,
    reverse_batch,
    reverse_entry,
    verify_entry,
)
from karnameh.ledger.beside import register_beside
from karnameh.ledger.checking import Check, check
from karnameh.ledger.coverage import Reporting, coverage_by, silent_units
from karnameh.ledger.documents import Document, documents_of, register_documents
from karnameh.ledger.folding import deepen, fold, fold_all, rehome
from karnameh.ledger.models import Entry, Head, Witness
from karnameh.ledger.opened import (
    Delivery,
    Opened,
    deliveries,
    delivery,
    every_delivery,
    more_than,
)
from karnameh.ledger.promises import (
    Campaigning,
    Outcome,
    Promise,
    Sought,
    every_promise,
    promise_counts,
    promises,
)
from karnameh.ledger.queries import (
    Drill,
    Stated,
    Story,
    entries_behind,
    entries_in_reach,
    epoch,
    open_promises,
    promise_balance,
    stated_totals,
    story_of,
    tally_of,
    unverified,
)
from karnameh.ledger.releasing import (
    Public,
    PublicCount,
    PublicRow,
    Publishing,
    moment,
    preview,
    release,
    tally_at,
)
from karnameh.ledger.rolling import Cell, Question, roll_up
from karnameh.ledger.rules import (
    Axis,
    Bucket,
    ControlTotal,
    Coverage,
    Kind,
    NewEntry,
    Qualifier,
    Role,
    Stage,
    Tally,
    far_from,
    total,
)
from karnameh.ledger.sealing.arrivals import Arrivals, arrivals, numbered_to
from karnameh.ledger.sealing.checking import LogCheck, Patrol, check_log
from karnameh.ledger.sealing.erasing import erase_salt
from karnameh.ledger.sealing.heads import (
    append_record,
    heads,
    latest_head,
    log_name,
    seal,
    short_code,
)
from karnameh.ledger.sealing.numbering import number_portion
from karnameh.ledger.sealing.proving import ProofQuestion, covering_head, figure_at, prove, receipt
from karnameh.ledger.sealing.publishing import (
    consistency_between,
    every_leaf,
    head_json,
    heads_json,
)
from karnameh.ledger.sealing.seen import accept_heads, heads_seen
from karnameh.ledger.sealing.trees import lines_at
from karnameh.ledger.sealing.witnesses import (
    countersign,
    register_witness,
    retire_witness,
    witness_message,
)
from karnameh.ledger.segments.duck import roll_up_sealed
from karnameh.ledger.segments.handing import handed_over
from karnameh.ledger.segments.statement import statement as sealed_statement
from karnameh.ledger.segments.writing import damaged_segments, write_segments
from karnameh.ledger.verifier import FILE as VERIFIER
from karnameh.ledger.writing import Receipt, Verdict

__all__ = [
    "MAY_POST", "VERIFIER", "Arrivals", "Axis", "Bucket", "Campaigning", "Cell", "Check", "ControlTotal",
    "Coverage", "Delivery", "Document", "Drill", "Entry", "Head", "Kind", "LogCheck", "NewEntry", "Opened",
    "Outcome", "Patrol", "Promise", "ProofQuestion", "Public", "PublicCount", "PublicRow", "Publishing",
    "Qualifier", "Question", "Receipt", "Reporting", "Role", "Sought", "Stage", "Stated", "Story", "Tally",
    "Verdict", "Witness", "accept_heads", "adjust", "append_record", "arrivals", "check", "check_log",
    "consistency_between", "correct_entry", "countersign", "coverage_by", "covering_head", "damaged_segments",
    "deepen", "deliveries", "delivery", "documents_of", "entries_behind", "entries_in_reach", "epoch", "erase_salt",
    "every_delivery", "every_leaf", "every_promise", "far_from", "figure_at", "fold", "fold_all", "handed_over",
    "head_json", "heads", "heads_json", "heads_seen", "latest_head", "lines_at", "log_name", "moment", "more_than",
    "number_portion", "numbered_to", "open_promises", "post_entries", "preview", "promise_balance",
    "promise_counts", "promises", "prove", "receipt", "register_beside", "register_documents",
    "register_witness", "rehome", "release", "retire_witness", "reverse_batch", "reverse_entry", "roll_up",
    "roll_up_sealed", "seal", "sealed_statement", "short_code", "silent_units", "stated_totals", "story_of",
    "tally_at", "tally_of", "total", "unverified", "verify_entry", "witness_message", "write_segments",
]  # fmt: skip
