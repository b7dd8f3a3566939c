"""What can be done with a figure: write, edit, propose, return, approve, publish, supersede, withdraw."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from karnameh.access.public import Role, require
from karnameh.activities.public import Campaign
from karnameh.catalog.public import Indicator
from karnameh.insight.figures import rules, wording
from karnameh.insight.figures.models import OPEN, Figure, FigureWatch, State
from karnameh.insight.figures.queries import present_tallies
from karnameh.insight.figures.showing import shown_of
from karnameh.kernel.text import clean
from karnameh.ledger.public import (
    Head,
    Stage,
    Tally,
    figure_at,
    moment,
    prove,
    release,
    seal,
    tally_at,
)
from karnameh.org.public import OrgUnit, Place
from karnameh.people.public import User
from karnameh.plumbing.errors import CONSTRAINT_SENTENCES, refusing_when_held
from karnameh.plumbing.public import Refusal, announce, deed

CONSTRAINT_SENTENCES |= {
    "figure_approved_by_another": gettext_lazy(
        "Whoever wrote or proposed a figure may not approve it. A second officer does."
    ),
    "figure_approval_is_of_this_content": gettext_lazy(
        "The figure was changed since. Look at it once more."
    ),
    "figure_step": gettext_lazy("This step does not follow from where the figure stands now."),
    "figure_superseded_once": gettext_lazy(
        "Another figure is already being written in the place of this one."
    ),
    "figure_published_never_changes": gettext_lazy(
        "A published figure is never changed. Write a new one that supersedes it."
    ),
}


@dataclass(frozen=True)
class Words:
    """What an officer writes."""

    sentence_fa: str
    sentence_en: str
    method_fa: str = ""
    method_en: str = ""
    embargo_until: datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class Query:
    """Which number is meant."""

    unit: OrgUnit
    place: Place | None
    indicator: Indicator
    stage: Stage
    starts_on: date | None
    ends_on: date | None
    bucket: int = 0


def write_figure(query: Query, words: Words, *, by: User, at: datetime, code: str = "") -> Figure:
    """Begin a figure as a draft; nobody but press officers sees it."""
    _require_press(query.unit, query.indicator, by)
    figure = Figure(
        code=code or new_code(), salt=secrets.token_hex(16), author=by, authors=[by.pk], edited_by=by,
        created_at=at, edited_at=at, unit=query.unit, place=query.place, indicator=query.indicator,
        stage=int(query.stage), bucket=query.bucket, starts_on=query.starts_on, ends_on=query.ends_on,
        campaign=campaign_of(query),
    )  # fmt: skip
    _put(figure, words)
    with deed("write_figure", by=by, at=at, target=f"figure:{figure.code}"):
        figure.save(force_insert=True)
    return _fresh(figure)


def edit_figure(figure: Figure, words: Words, *, by: User, at: datetime) -> Figure:
    """Change the words of a figure that is not public yet. An approval does not survive it."""
    with deed("edit_figure", by=by, at=at, target=f"figure:{figure.code}"):
        figure = _locked(figure, by)
        if figure.state not in OPEN:
            raise Refusal(CONSTRAINT_SENTENCES["figure_published_never_changes"], status=409)
        before = figure.content
        _put(figure, words)
        if figure.content != before:
            _sign(figure, by, at)
            figure.save()
    return _fresh(figure)


def propose_figure(figure: Figure, *, by: User, at: datetime) -> Figure:
    """Ask the ledger anew, bind the value to this moment, and hand the figure to a second officer."""
    with deed("propose_figure", by=by, at=at, target=f"figure:{figure.code}"):
        figure = _locked(figure, by)
        _require_state(figure, State.DRAFT)
        figure.head = sealed(at)  # first: what is asked below is what this head holds
        figure.as_of, figure.moment = at, moment()
        tallies = tally_at(figure.publishing)
        tally = tallies.get(Stage(figure.stage), Tally())
        if not tally.known:
            raise Refusal(
                _("Nothing is recorded for this number, so there is nothing to publish."),
                field="stage",
            )
        _require_sentences(figure, tallies)
        figure.value, figure.qualifier = tally.quantity, int(tally.qualifier)
        _sign(figure, by, at)
        figure.save()
        figure = _fresh(figure)
        figure.state, figure.proposed_by, figure.proposed_at = State.PROPOSED, by, at
        figure.returned_note = ""
        figure.save()
    return _fresh(figure)


def return_figure(figure: Figure, *, note: str, by: User, at: datetime) -> Figure:
    """Give a proposed or approved figure back to its author, and say why."""
    note = clean(note)[:300]
    if not note:
        raise Refusal(_("Say in a few words what should change."), field="note")
    with deed("return_figure", by=by, at=at, target=f"figure:{figure.code}", reason=note):
        figure = _locked(figure, by)
        _require_state(figure, State.PROPOSED, State.APPROVED)
        _to_draft(figure)
        figure.returned_note = note
        figure.save()
    return _fresh(figure)


def approve_figure(figure: Figure, *, digest: str, by: User, at: datetime) -> Figure:
    """A second officer stands behind exactly this content: `digest` is of what he has seen."""
    with deed("approve_figure", by=by, at=at, target=f"figure:{figure.code}"):
        figure = _locked(figure, by)
        _require_state(figure, State.PROPOSED)
        if digest != figure.digest:
            raise Refusal(CONSTRAINT_SENTENCES["figure_approval_is_of_this_content"], status=409)
        if by.pk in (*figure.authors, figure.proposed_by_id):
            raise Refusal(CONSTRAINT_SENTENCES["figure_approved_by_another"], status=403)
        figure.state, figure.approved_by, figure.approved_at = State.APPROVED, by, at
        figure.approved_digest = figure.digest
        figure.save()
    return _fresh(figure)


def publish_figure(figure: Figure, *, by: User, at: datetime) -> Figure:
    """Compute what the public sees, freeze everything, and supersede the figure before it."""
    with deed("publish_figure", by=by, at=at, target=f"figure:{figure.code}"):
        figure = _locked(figure, by)
        _require_state(figure, State.APPROVED)
        if figure.supersedes and figure.supersedes.state != State.PUBLISHED:
            raise Refusal(
                _("The figure that this one supersedes is not public any more."), status=409
            )
        _require_unmoved(figure)
        public = release(figure.publishing, what=f"figure:{figure.code}", by=by, at=at)
        count = public.totals["whole"].get(Stage(figure.stage))
        if count is None or count.quantity is None:
            raise Refusal(_("Counts of fewer than ten people are not published."), status=409)
        sealed(at)  # a head of the day of publication stands after the figure's own
        figure.shown, figure.bundle = shown_of(figure, public), _proof(figure)
        figure.state, figure.published_by, figure.published_at = State.PUBLISHED, by, at
        figure.save()
        FigureWatch.objects.create(figure=figure, value=figure.value, looked_at=at)
        _tell_published(figure, at)
        if figure.supersedes:
            _close(figure.supersedes, State.SUPERSEDED, figure.reason, by, at, successor=figure)
    return _fresh(figure)


def supersede_figure(figure: Figure, *, reason: str, by: User, at: datetime) -> Figure:
    """Begin the figure that shall stand in the place of a published one: the same question, asked anew."""
    reason = _reason(reason)
    with deed("supersede_figure", by=by, at=at, target=f"figure:{figure.code}", reason=reason):
        figure = _locked(figure, by)
        _require_state(figure, State.PUBLISHED)
        fresh = Figure(
            code=new_code(), salt=secrets.token_hex(16), author=by, authors=[by.pk], edited_by=by, created_at=at,
            edited_at=at, unit=figure.unit, place=figure.place, indicator=figure.indicator, stage=figure.stage,
            bucket=figure.bucket, starts_on=figure.starts_on, ends_on=figure.ends_on, campaign=figure.campaign,
            sentence_fa=figure.sentence_fa, sentence_en=figure.sentence_en, method_fa=figure.method_fa,
            method_en=figure.method_en, supersedes=figure, reason=reason,
        )  # fmt: skip
        fresh.save(force_insert=True)
    return _fresh(fresh)


def withdraw_figure(figure: Figure, *, reason: str, by: User, at: datetime) -> Figure:
    """Drop a figure that is not public, or take a public one back in sight of everybody."""
    reason = _reason(reason)
    with deed("withdraw_figure", by=by, at=at, target=f"figure:{figure.code}", reason=reason):
        figure = _locked(figure, by)
        _require_state(figure, *OPEN, State.PUBLISHED)
        if figure.state in (State.PROPOSED, State.APPROVED):
            _to_draft(figure)
            figure.save()
        _close(figure, State.WITHDRAWN, reason, by, at)
    return _fresh(figure)


def watch_figures(*, at: datetime, most: int = 20) -> bool:
    """Look at the ledger for published figures that were longest not looked at; whether more wait."""
    due = (
        Figure.objects.filter(state=State.PUBLISHED)
        .select_related("unit", "place", "indicator", "watch")
        .order_by("watch__looked_at", "pk")[:most]
    )
    for figure in due:
        tally = present_tallies(figure).get(Stage(figure.stage), Tally())
        FigureWatch.objects.update_or_create(
            figure=figure,
            defaults={"value": tally.quantity if tally.known else None, "looked_at": at},
        )
    return False


def sealed(at: datetime) -> Head:
    """A head over everything that is settled. While another sealing is at work, a refusal says so."""
    words = _("The ledger is being sealed just now. Try again in a minute; nothing is lost.")
    with refusing_when_held(words, status=503):
        return seal(at=at)


# --- small things ------------------------------------------------------------------------------------


def new_code() -> str:
    """A code that nobody guesses from another one, and nobody misreads."""
    return "".join(secrets.choice(rules.ALPHABET) for _n in range(rules.CODE_LENGTH))


def _put(figure: Figure, words: Words) -> None:
    figure.sentence_fa, figure.sentence_en = clean(words.sentence_fa), clean(words.sentence_en)
    figure.method_fa, figure.method_en = clean(words.method_fa), clean(words.method_en)
    figure.embargo_until = words.embargo_until
    if figure.supersedes_id:
        figure.reason = _reason(words.reason or figure.reason)


def _sign(figure: Figure, by: User, at: datetime) -> None:
    figure.edited_by, figure.edited_at = by, at
    if by.pk not in figure.authors:
        figure.authors = [*figure.authors, by.pk]


def _to_draft(figure: Figure) -> None:
    figure.state = State.DRAFT
    figure.proposed_by = figure.proposed_at = None
    figure.approved_by = figure.approved_at = None
    figure.approved_digest = ""


def _close(
    figure: Figure,
    state: State,
    reason: str,
    by: User,
    at: datetime,
    successor: Figure | None = None,
) -> None:
    if figure.published_at is not None:
        told = {
            "figure": figure.code, "address": _page(figure), "by": successor.code if successor else None
        }  # fmt: skip
        _tell(f"figure.{state}", told, figure, at, successor or figure)
    figure.state, figure.closed_by, figure.closed_at, figure.closed_reason = state, by, at, reason
    figure.save(update_fields=["state", "closed_by", "closed_at", "closed_reason"])


def _tell_published(figure: Figure, at: datetime) -> None:
    """A place's number is of whoever answers for it; nobody hears of it before its embargo ends."""
    told = {
        "figure": figure.code, "address": _page(figure), "unit": figure.unit.code,
        "indicator": figure.indicator.code, "stage": figure.stage_word,
        "starts_on": figure.starts_on.isoformat() if figure.starts_on else None,
        "ends_on": figure.ends_on.isoformat() if figure.ends_on else None,
        "supersedes": figure.supersedes.code if figure.supersedes else None,
    }  # fmt: skip
    _tell("figure.published", told, figure, at, figure)


def _tell(kind: str, told: dict[str, Any], figure: Figure, at: datetime, *held: Figure) -> None:
    embargoes = [one.embargo_until for one in (figure, *held) if one.embargo_until]
    path = figure.unit.path
    announce(kind, told, at=at, path=path, not_before=max([at, *embargoes]))


def _page(figure: Figure) -> str:
    return settings.PUBLIC_URL + reverse("figure", args=[figure.code])


def _require_sentences(figure: Figure, tallies: Any) -> None:
    protected = figure.publishing.about_people
    counts = wording.public_counts(tallies, protected=protected)
    for language in wording.LANGUAGES:
        found = wording.said(figure, counts, language, protected=protected).troubles
        if found:
            raise Refusal(found[0], field=f"sentence_{language}")


def _require_unmoved(figure: Figure) -> None:
    """Sums of rows are computed as of the approved moment; other indicators only as they are now."""
    tally = tally_at(figure.publishing).get(Stage(figure.stage), Tally())
    if tally.quantity != figure.value:
        raise Refusal(
            _("The ledger has moved since this was proposed, and this number cannot be asked as it was then. "
              "Return it and propose it again."), status=409,
        )  # fmt: skip


def _proof(figure: Figure) -> dict[str, Any] | None:
    """The bundle that everybody can check; None where none can be given.

    Of people it would tell the true counts by day, and of an indicator that is not added up there is
    no sum. The log knows a place's work of everybody, so only a figure that is just that has one.
    """
    asked, head = figure.publishing, figure.head
    if asked.about_people or not asked.summed or head is None:
        return None
    question = figure.proof_question
    if figure_at(question, head).quantity != figure.value:
        if figure.place_id:
            return None
        raise Refusal(
            _("The log and the ledger do not agree on this number. Propose it again."), status=409
        )
    return prove(question, head)


def _require_state(figure: Figure, *states: str) -> None:
    if figure.state not in states:
        raise Refusal(CONSTRAINT_SENTENCES["figure_step"], status=409)


def _reason(text: str) -> str:
    reason = clean(text)[:300]
    if not reason:
        raise Refusal(_("Say why, in a few words that everybody may read."), field="reason")
    return reason


def campaign_of(query: Query) -> Campaign | None:
    """The campaign whose days are exactly the ones asked about."""
    if query.starts_on is None or query.ends_on is None:
        return None
    return Campaign.objects.filter(starts_on=query.starts_on, ends_on=query.ends_on).first()


def _require_press(unit: OrgUnit, indicator: Indicator, by: User) -> None:
    require(by, Role.PRESS, unit, theme=indicator.theme_id)


def _locked(figure: Figure, by: User) -> Figure:
    found = (
        Figure.objects.select_for_update(of=("self",))
        .select_related("unit", "place", "indicator__measure", "indicator__theme", "campaign", "supersedes", "head")
        .get(pk=figure.pk)
    )  # fmt: skip
    _require_press(found.unit, found.indicator, by)
    return found


def _fresh(figure: Figure) -> Figure:
    return Figure.objects.select_related(
        "unit", "place", "indicator__measure", "indicator__theme", "campaign", "supersedes", "head"
    ).get(pk=figure.pk)
