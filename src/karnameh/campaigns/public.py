"""The door of campaigns: rules and their meters, committees, proposals and their story."""

from __future__ import annotations

from karnameh.campaigns.actions.committees import (
    add_seat,
    agree_on,
    call_meeting,
    fill_seat,
    finish_item,
    hold_meeting,
    open_committee,
)
from karnameh.campaigns.actions.desk import answer_lesson, note_lesson, open_planning
from karnameh.campaigns.actions.proposals import (
    draft_proposals,
    put_down,
    remark_on,
    return_proposal,
    submit_proposal,
    withdraw_proposal,
    write_proposal,
)
from karnameh.campaigns.actions.rulebook import RuleSaid, set_rule
from karnameh.campaigns.models import (
    ActionItem,
    Attendance,
    Committee,
    Meeting,
    MeetingState,
    Note,
    NoteKind,
    Presence,
    ProposalVersion,
    Rule,
    RuleKind,
    Seat,
    SeatRole,
)
from karnameh.campaigns.package.actions import draw_up, open_package, sign, take_all, take_in
from karnameh.campaigns.package.models import Line, Package, Version
from karnameh.campaigns.package.sealing import seal_now
from karnameh.campaigns.queries.metering import Metered, meters, meters_for, rules_of, whole_plan
from karnameh.campaigns.queries.proposals import content_of, reach_proposal, story_of
from karnameh.campaigns.review.models import Opinion
from karnameh.campaigns.rules.content import Content, Expected, Needed, Wish, as_data, digest
from karnameh.campaigns.showing import meter_rows
from karnameh.campaigns.week.running import plan_once
from karnameh.campaigns.week.wishes import place_by_wish

__all__ = [
    "ActionItem",
    "Attendance",
    "Committee",
    "Content",
    "Expected",
    "Line",
    "Meeting",
    "MeetingState",
    "Metered",
    "Needed",
    "Note",
    "NoteKind",
    "Opinion",
    "Package",
    "Presence",
    "ProposalVersion",
    "Rule",
    "RuleKind",
    "RuleSaid",
    "Seat",
    "SeatRole",
    "Version",
    "Wish",
    "add_seat",
    "agree_on",
    "answer_lesson",
    "as_data",
    "call_meeting",
    "content_of",
    "digest",
    "draft_proposals",
    "draw_up",
    "fill_seat",
    "finish_item",
    "hold_meeting",
    "meter_rows",
    "meters",
    "meters_for",
    "note_lesson",
    "open_committee",
    "open_package",
    "open_planning",
    "place_by_wish",
    "plan_once",
    "put_down",
    "reach_proposal",
    "remark_on",
    "return_proposal",
    "rules_of",
    "seal_now",
    "set_rule",
    "sign",
    "story_of",
    "submit_proposal",
    "take_all",
    "take_in",
    "whole_plan",
    "withdraw_proposal",
    "write_proposal",
]
