"""The audit trail as people read it: deeds in words, targets by name, rows before and after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy

from karnameh.activities.public import Activity, Campaign
from karnameh.catalog.public import Indicator, Item
from karnameh.org.public import OrgUnit, Place, is_under, line_of
from karnameh.people.public import User
from karnameh.plumbing.models import Change, Deed, PersonalRead

VERBS: dict[str, Any] = {
    "approve_figure": gettext_lazy("approved a public figure"),
    "ask_open_data": gettext_lazy("asked to publish open data"),
    "ask_plan": gettext_lazy("let the machine plan"),
    "close_feed": gettext_lazy("closed a calendar address"),
    "confirm_open_data": gettext_lazy("confirmed open data"),
    "draw_up_package": gettext_lazy("drew up a package"),
    "edit_figure": gettext_lazy("changed the draft of a public figure"),
    "explain_amendment": gettext_lazy("said why a package is amended"),
    "issue_pack": gettext_lazy("issued a press pack"),
    "leave_out_of_draft": gettext_lazy("left an activity out of a draft"),
    "leave_package_out": gettext_lazy("left a package out"),
    "make_api_token": gettext_lazy("made a key for a program"),
    "make_pack_file": gettext_lazy("made the file of a press pack"),
    "open_feed": gettext_lazy("opened a calendar address"),
    "open_package": gettext_lazy("opened a package"),
    "pin_in_calendar": gettext_lazy("pinned an activity in the calendar"),
    "place_by_wish": gettext_lazy("placed activities by their wishes"),
    "add_occurrence": gettext_lazy("gave an activity another occurrence"),
    "drop_occurrence": gettext_lazy("took an occurrence off"),
    "place_in_calendar": gettext_lazy("placed an activity in the calendar"),
    "propose_figure": gettext_lazy("proposed a public figure"),
    "publish_figure": gettext_lazy("published a figure"),
    "publish_open_data": gettext_lazy("published open data"),
    "return_figure": gettext_lazy("returned a public figure"),
    "review_merge": gettext_lazy("merged proposals"),
    "review_split": gettext_lazy("split a proposal"),
    "review_take_back": gettext_lazy("took a decision back"),
    "ask_figure_publishing": gettext_lazy("asked for a large figure to be published"),
    "subscribe": gettext_lazy("subscribed a program to messages"),
    "change_hook_secret": gettext_lazy("changed the secret of a subscription"),
    "pause_hook": gettext_lazy("paused messages to a program"),
    "resume_hook": gettext_lazy("took messages to a program up again"),
    "end_hook": gettext_lazy("ended messages to a program"),
    "try_hook": gettext_lazy("sent a trial to a program"),
    "send_again": gettext_lazy("sent a message to a program again"),
    "revoke_api_token": gettext_lazy("revoked a key of a program"),
    "save_opinion": gettext_lazy("judged a proposal"),
    "set_draft_aside": gettext_lazy("set a draft aside"),
    "sign_package": gettext_lazy("signed a package"),
    "stop_plan": gettext_lazy("stopped the machine"),
    "supersede_figure": gettext_lazy("superseded a figure"),
    "take_into_draft": gettext_lazy("took an activity into a draft"),
    "take_packages_in": gettext_lazy("took packages in"),
    "withdraw_figure": gettext_lazy("withdrew a figure"),
    "write_figure": gettext_lazy("wrote a public figure"),
    "open_unit": gettext_lazy("opened a unit"),
    "rename_unit": gettext_lazy("renamed a unit"),
    "move_unit": gettext_lazy("moved a unit"),
    "merge_units": gettext_lazy("merged units"),
    "split_unit": gettext_lazy("split a unit"),
    "close_unit": gettext_lazy("closed a unit"),
    "open_place": gettext_lazy("opened a place"),
    "move_place": gettext_lazy("moved a place"),
    "grant_role": gettext_lazy("gave a role"),
    "confirm_grant": gettext_lazy("confirmed a role"),
    "end_grant": gettext_lazy("took a role back"),
    "create_user": gettext_lazy("created an account"),
    "disable_user": gettext_lazy("closed an account"),
    "set_preferences": gettext_lazy("changed how he reads"),
    "keep_contact": gettext_lazy("kept his number"),
    "forget_contact": gettext_lazy("erased his number"),
    "read_phone": gettext_lazy("read a number"),
    "expire_contacts": gettext_lazy("numbers erased on their day"),
    "reword_indicator": gettext_lazy("reworded an indicator"),
    "retire_indicator": gettext_lazy("retired an indicator"),
    "set_rate": gettext_lazy("set a price"),
    "post_entries": gettext_lazy("posted entries"),
    "reverse_entry": gettext_lazy("reversed an entry"),
    "correct_entry": gettext_lazy("corrected an entry"),
    "countersign": gettext_lazy("signed beside a head of the log"),
    "erase_salt": gettext_lazy("erased what an entry's leaf could be opened with"),
    "register_witness": gettext_lazy("entered the key of a witness"),
    "retire_witness": gettext_lazy("gave up the key of a witness"),
    "reverse_batch": gettext_lazy("reversed a batch"),
    "add_draft": gettext_lazy("marked a figure by hand"),
    "add_indicator": gettext_lazy("added an indicator"),
    "answer_question": gettext_lazy("answered a question"),
    "ask_posting": gettext_lazy("asked to post a file"),
    "ask_reporter": gettext_lazy("asked a unit about a figure"),
    "ask_undo": gettext_lazy("asked to take a file back"),
    "check_import": gettext_lazy("checked a file"),
    "choose_draft": gettext_lazy("changed a draft"),
    "confirm_draft": gettext_lazy("accepted a figure"),
    "confirm_undo": gettext_lazy("agreed to take a file back"),
    "decline_undo": gettext_lazy("left a file standing"),
    "discard_forgotten": gettext_lazy("forgotten files erased"),
    "discard_import": gettext_lazy("discarded a file"),
    "discard_report": gettext_lazy("discarded a report"),
    "drop_draft": gettext_lazy("left a figure out"),
    "enter_report": gettext_lazy("entered a report"),
    "forget_texts": gettext_lazy("texts of reports erased on their day"),
    "load_demo": gettext_lazy("loaded the demo"),
    "load_dictionary": gettext_lazy("loaded the dictionary"),
    "post_import": gettext_lazy("posted a file"),
    "post_report": gettext_lazy("posted a report"),
    "refuse_import": gettext_lazy("refused a file"),
    "reopen_draft": gettext_lazy("took a decision back"),
    "reseal": gettext_lazy("moved sealed fields to a new key"),
    "take_answer": gettext_lazy("took an answer into the ledger"),
    "undo_import": gettext_lazy("took a file back"),
    "undo_report": gettext_lazy("took a report back"),
    "upload_import": gettext_lazy("sent a file"),
    "enrol_device": gettext_lazy("took a phone in"),
    "revoke_device": gettext_lazy("locked a phone out"),
    "receive_from_phone": gettext_lazy("sent from a phone"),
    "ask_unit": gettext_lazy("asked a unit to look again"),
    "check_in": gettext_lazy("checked heads in"),
    "open_point": gettext_lazy("opened a check-in point"),
    "post_from_phone": gettext_lazy("posted what a phone could not deliver"),
    "drop_from_phone": gettext_lazy("left out what a phone could not deliver"),
    "take_queue_file": gettext_lazy("took in the saved queue of a phone"),
    "activity_begin": gettext_lazy("began activities"),
    "add_seat": gettext_lazy("added a seat to a committee"),
    "agree_on": gettext_lazy("agreed on something to do"),
    "answer_lesson": gettext_lazy("answered a lesson"),
    "call_meeting": gettext_lazy("called a meeting"),
    "campaign_closed": gettext_lazy("closed proposals"),
    "campaign_over": gettext_lazy("ended a campaign"),
    "cancel_meeting": gettext_lazy("cancelled a meeting"),
    "close_seat": gettext_lazy("closed a seat"),
    "copy_plan": gettext_lazy("copied a plan"),
    "draft_proposal": gettext_lazy("drafted proposals"),
    "import_proposals": gettext_lazy("took proposals from a sheet"),
    "edit_campaign": gettext_lazy("changed a campaign"),
    "edit_rule": gettext_lazy("changed a rule"),
    "end_rule": gettext_lazy("ended a rule"),
    "fill_seat": gettext_lazy("filled a seat"),
    "finish_item": gettext_lazy("said that something agreed is done"),
    "hold_meeting": gettext_lazy("kept minutes of a meeting"),
    "make_campaign": gettext_lazy("laid out a campaign"),
    "note_lesson": gettext_lazy("noted a lesson"),
    "open_committee": gettext_lazy("opened a committee"),
    "open_planning": gettext_lazy("opened planning"),
    "remark_on": gettext_lazy("remarked on a proposal"),
    "return_proposal": gettext_lazy("returned a proposal"),
    "set_axes": gettext_lazy("set the axes of a campaign"),
    "set_days": gettext_lazy("set the days of a campaign"),
    "set_phases": gettext_lazy("set the phases of a campaign"),
    "set_rule": gettext_lazy("set a rule"),
    "submit_proposal": gettext_lazy("handed a proposal in"),
    "withdraw_proposal": gettext_lazy("withdrew a proposal"),
    "write_proposal": gettext_lazy("wrote a proposal"),
    "activity_submitted": gettext_lazy("handed activities in"),
    "activity_returned": gettext_lazy("returned activities"),
    "activity_accepted": gettext_lazy("accepted activities"),
    "activity_declined": gettext_lazy("declined activities"),
    "activity_packaged": gettext_lazy("packaged activities"),
    "activity_scheduled": gettext_lazy("scheduled activities"),
    "activity_under_way": gettext_lazy("began carrying activities out"),
    "activity_completed": gettext_lazy("completed activities"),
    "activity_reported": gettext_lazy("reported activities"),
    "activity_verified": gettext_lazy("verified activities"),
    "activity_closed": gettext_lazy("closed activities"),
    "activity_merged": gettext_lazy("merged activities"),
    "activity_split": gettext_lazy("split activities"),
    "activity_postponed": gettext_lazy("postponed activities"),
    "activity_cancelled": gettext_lazy("cancelled activities"),
    "activity_merge": gettext_lazy("kept what activities were merged from"),
    "activity_copy": gettext_lazy("kept what activities were copied from"),
}
OPERATIONS: dict[str, Any] = {
    "insert": gettext_lazy("added"),
    "update": gettext_lazy("changed"),
    "delete": gettext_lazy("removed"),
}
# What a target's first word stands for, the column that names it when its number did not exist yet,
# and the address that shows it ("": it has no page).
_KINDS: dict[str, tuple[type[Any], str, str]] = {
    "unit": (OrgUnit, "code", "unit"),
    "place": (Place, "code", "place"),
    "indicator": (Indicator, "code", "indicator"),
    "item": (Item, "code", ""),
    "user": (User, "username", ""),
    "activity": (Activity, "code", "proposal"),
    "campaign": (Campaign, "code", "campaign"),
}

# Deeds that name their target so; all others name it by its number, and one unit's code may be another's number.
OPENING = ("open_unit", "open_place", "create_user")


@dataclass(frozen=True)
class Told:
    """One deed with the names that its numbers stand for."""

    deed: Deed
    words: str
    who: str
    about: str
    href: str


def told(deeds: Iterable[Deed]) -> list[Told]:
    """Deeds in words; names are looked up once for all of them."""
    rows = list(deeds)
    doers = User.objects.in_bulk({deed.account for deed in rows if deed.account is not None})
    targets = _targets(rows)
    return [
        Told(
            deed,
            str(VERBS.get(deed.verb, deed.verb)),
            doers[deed.account].office if deed.account in doers else "",
            *targets.get((deed.verb in OPENING, deed.target), (deed.target, "")),
        )
        for deed in rows
    ]


def _targets(deeds: Sequence[Deed]) -> dict[tuple[bool, str], tuple[str, str]]:
    """Name and address for each target that names a row, by whether its deed opens it; a query for each kind."""
    wanted: dict[str, set[str]] = {}
    for deed in deeds:
        kind, _, name = deed.target.partition(":")
        if kind in _KINDS:
            wanted.setdefault(kind, set()).add(name)
    found: dict[tuple[bool, str], tuple[str, str]] = {}
    for kind, names in wanted.items():
        model, column, address = _KINDS[kind]
        numbers = [int(name) for name in names if name.isdecimal()]
        for row in model._default_manager.filter(Q(pk__in=numbers) | Q(**{f"{column}__in": names})):
            shown = (str(row), reverse(address, args=[row.pk]) if address else "")
            found[True, f"{kind}:{getattr(row, column)}"] = shown
            found[False, f"{kind}:{row.pk}"] = shown
    return found


@dataclass(frozen=True)
class Cell:
    """One column of a changed row."""

    column: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Changed:
    """One changed row, column by column."""

    change: Change
    words: str
    cells: list[Cell]


def changed(changes: Iterable[Change]) -> list[Changed]:
    """Rows before and after; of an update only what differs was kept."""
    return [
        Changed(
            change, str(OPERATIONS.get(change.operation, change.operation)), list(_cells(change))
        )
        for change in changes
    ]


def _cells(change: Change) -> Iterable[Cell]:
    before, after = change.before or {}, change.after or {}
    for column in sorted(before.keys() | after.keys()):
        yield Cell(column, _said(before, column), _said(after, column))


def _said(row: dict[str, Any], column: str) -> str | None:
    value = row.get(column)
    return None if value is None else str(value)


@dataclass(frozen=True)
class Read:
    """One opening of a sealed field, with the name of who opened it."""

    read: PersonalRead
    who: str


def reads(rows: Iterable[PersonalRead]) -> list[Read]:
    """Who opened which sealed field, and what for."""
    found = list(rows)
    doers = User.objects.in_bulk({row.account for row in found if row.account is not None})
    return [Read(row, doers[row.account].office if row.account in doers else "") for row in found]


@dataclass(frozen=True)
class Stood:
    """Where a unit stood for a while."""

    above: str
    since: date
    until: date | None


def placed(unit: OrgUnit, *, within: Sequence[str]) -> list[Stood]:
    """Where a unit stood, the latest first; a unit above that the viewer does not administer is not named."""
    rows = list(unit.placements.order_by("-valid_from"))
    above = {row.pk: line_of(row.path)[-2] for row in rows if len(row.line) > 1}
    named = OrgUnit.objects.in_bulk(set(above.values()))
    seen = {
        pk: one.name
        for pk, one in named.items()
        if any(is_under(one.path, path) for path in within)
    }
    return [Stood(seen.get(above.get(row.pk, 0), ""), row.valid_from, row.valid_to) for row in rows]
