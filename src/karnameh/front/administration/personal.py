"""The live dictionary of personal columns, for everybody who is signed in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, models
from django.utils.translation import gettext, gettext_noop

from karnameh.plumbing.personal import Personal, dictionary

COUNTED_TO = 50_000  # larger tables are estimated from the server's own statistics

# The models say their purposes in English, below the language layer; here they get their Persian.
WORDS = (
    gettext_noop("a code of the planner and its figures; no people"),
    gettext_noop("by which its holder knows it again"),
    gettext_noop("codes of the planner; no people"),
    gettext_noop("counts made for the public; nothing about a person"),
    gettext_noop("published figures and titles of days; nothing about a person"),
    gettext_noop("rules that contradict; no people"),
    gettext_noop("the activities of the package; no people"),
    gettext_noop("the office that wrote a public figure"),
    gettext_noop("the proof of a sum; nothing about a person"),
    gettext_noop("what a new plan moved; no people"),
    gettext_noop("what could not be taken, so that it is not lost; may hold a note"),
    gettext_noop("what is asked about a number; no names"),
    gettext_noop("what is thought of a proposal; no names are asked for"),
    gettext_noop("what its unit is told; no names are asked for"),
    gettext_noop("where it was done, to about a kilometre"),
    gettext_noop("where it was taken, to about a kilometre"),
    gettext_noop("whether the people in the picture agreed to it; never who they are"),
    gettext_noop("who answered"),
    gettext_noop("who answers for the point"),
    gettext_noop("who approved it"),
    gettext_noop("who asked"),
    gettext_noop("who changed it last"),
    gettext_noop("who drew the draft up"),
    gettext_noop("who issued the pack"),
    gettext_noop("who let the machine plan"),
    gettext_noop("who locked it out"),
    gettext_noop("who proposed it"),
    gettext_noop("who published it"),
    gettext_noop("who published the counts"),
    gettext_noop("who sent the file"),
    gettext_noop("who settled it"),
    gettext_noop("who signed, and answers for it"),
    gettext_noop("who superseded or withdrew it"),
    gettext_noop("who took it"),
    gettext_noop("whoever wrote in it may not approve it"),
    gettext_noop("whose address it is, and who may close it"),
    gettext_noop("whose opinion it is"),
    gettext_noop("whose phone it is"),
    gettext_noop("why a package was amended; no names are asked for"),
    gettext_noop("why it failed; no people"),
    gettext_noop("why it stands or was corrected"),
    gettext_noop("why it was left out"),
    gettext_noop("a thing or an office, never a name"),
    gettext_noop("an office or a kind of team, never a name"),
    gettext_noop("how the public can take part; no names are asked for"),
    gettext_noop("numbers and codes; nothing about people"),
    gettext_noop("the office of the seat, never a name"),
    gettext_noop("what came of it; no names are asked for"),
    gettext_noop("what is done about it; no names are asked for"),
    gettext_noop("what is going to be done; no names are asked for"),
    gettext_noop("what is going to be talked about"),
    gettext_noop("what should be changed, and the answer"),
    gettext_noop("what was agreed; no names are asked for"),
    gettext_noop("what was proposed; no names are asked for"),
    gettext_noop("what went well or badly; no names are asked for"),
    gettext_noop("which office holder sits there"),
    gettext_noop("who answers for what is done"),
    gettext_noop("who called the meeting"),
    gettext_noop("who decided, and answers for it"),
    gettext_noop("who handed it in for the unit"),
    gettext_noop("who noted it for the unit"),
    gettext_noop("who said that it is done"),
    gettext_noop("who set the rule, and answers for it"),
    gettext_noop("who wrote it, for the office or the unit"),
    gettext_noop("whom the office calls about the team"),
    gettext_noop("why it does not take place; no names are asked for"),
    gettext_noop("why, to whoever proposed it"),
    gettext_noop("400 days (settings)"),
    gettext_noop("400 days after posting, 30 days without a decision (settings)"),
    gettext_noop("by which the report is found again"),
    gettext_noop("shows the reader where it was wrong"),
    gettext_noop("the office that spoke; never a name"),
    gettext_noop("the sentence in which a figure was said, one click from its entry"),
    gettext_noop("what a person found in that sentence"),
    gettext_noop("what the reader understood: the office that spoke, the unit that acted"),
    gettext_noop("what was answered"),
    gettext_noop("what was asked"),
    gettext_noop("what was said, beside the drafts read from it; a report may name office holders"),
    gettext_noop("who accepted or dropped a figure"),
    gettext_noop("who answered for the unit"),
    gettext_noop("who entered the report, and answers for it"),
    gettext_noop("who took its entries back"),
    gettext_noop("who wants to know"),
    gettext_noop("by which its sender knows the sheet again"),
    gettext_noop("calling the holder about a report of his unit"),
    gettext_noop("who published the data"),
    gettext_noop("by which its owner knows the key again"),
    gettext_noop("for which account a program acts"),
    gettext_noop("lets its owner find keys that nothing uses"),
    gettext_noop("free text of an office holder; no names are asked for"),
    gettext_noop("lets an office holder recognise a foreign session"),
    gettext_noop("new values; sealed columns are left out"),
    gettext_noop("old values; sealed columns are left out"),
    gettext_noop("proving that an address is the holder's"),
    gettext_noop("public key or secret of a second factor"),
    gettext_noop("sending a one-time sign-in code"),
    gettext_noop("signed-in state"),
    gettext_noop("signing in"),
    gettext_noop("signing in; only an Argon2 hash is kept"),
    gettext_noop("technical state of the session list"),
    gettext_noop("the office holder's account"),
    gettext_noop("the office that stands behind the quantity"),
    gettext_noop("which office holder may do what"),
    gettext_noop("who acted, on pages of the ledger"),
    gettext_noop("who confirmed it"),
    gettext_noop("who did it, for the auditor"),
    gettext_noop("who gave it"),
    gettext_noop("who read it, for the auditor"),
    gettext_noop("who sent the sheet, and posts its entries"),
    gettext_noop("who agreed to it"),
    gettext_noop("who took the entries back"),
    gettext_noop("whose contact it is"),
    gettext_noop("why they were taken back"),
    gettext_noop("as long as the account"),
    gettext_noop("as long as the ledger"),
    gettext_noop("one year after consent"),
    gettext_noop("three days"),
    gettext_noop("two weeks"),
    gettext_noop("two years"),
    gettext_noop("until removed by its owner"),
    gettext_noop("a sentence of the product itself"),
    gettext_noop("codes and counts; nothing about a person"),
    gettext_noop("in whose name it is published"),
    gettext_noop("numbers of the units above; no person"),
    gettext_noop("of a program, not of a person"),
    gettext_noop("signs messages; sealed"),
    gettext_noop("the one before; sealed"),
    gettext_noop("the only account that may hear of it"),
    gettext_noop("thirty days"),
    gettext_noop("until it is changed"),
    gettext_noop("until it is passed on"),
    gettext_noop("until it is public"),
    gettext_noop("until the next change"),
    gettext_noop("whose reach decides what a program hears"),
)


@dataclass(frozen=True)
class Kept:
    """One personal column."""

    column: str
    purpose: str
    retention: str


@dataclass(frozen=True)
class Table:
    """One table with its personal columns; `about` says that the count is an estimate."""

    name: str
    rows: int
    about: bool
    columns: list[Kept]


def columns() -> list[Table]:
    """Every declared personal column of the running product, by table, with how many rows there are."""
    found: dict[type[models.Model], list[Kept]] = {}
    for model, column, why in dictionary():
        found.setdefault(model, []).append(_kept(column, why))
    sizes = _estimates(model._meta.db_table for model in found)
    tables = []
    for model, kept in found.items():
        size = sizes.get(model._meta.db_table, 0)
        about = size > COUNTED_TO
        tables.append(
            Table(
                model._meta.db_table, size if about else model._default_manager.count(), about, kept
            )
        )
    return sorted(tables, key=lambda table: table.name)


def _kept(column: str, why: Personal) -> Kept:
    return Kept(column, gettext(why.purpose), gettext(why.retention))


def _estimates(names: Iterable[str]) -> dict[str, int]:
    """What the server believes, partitions added to their parent."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT t.relname, greatest(sum(greatest(c.reltuples, s.n_live_tup)), 0)::bigint
              FROM pg_class t
              LEFT JOIN pg_inherits i ON i.inhparent = t.oid
              JOIN pg_class c ON c.oid IN (t.oid, i.inhrelid)
              LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
             WHERE t.relname = ANY(%s) AND t.relnamespace = 'public'::regnamespace
             GROUP BY t.relname
            """,
            [list(names)],
        )
        return dict(cursor.fetchall())
