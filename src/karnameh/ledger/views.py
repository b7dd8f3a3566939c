"""Pages of entries: the rows behind a number, one entry's story, and what can be done to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from karnameh.access.public import Role as Grantable
from karnameh.access.public import may, reach_unit, units_where
from karnameh.activities.public import Activity, activities_for
from karnameh.catalog.public import (
    TOTAL,
    Indicator,
    dimension_set,
    find_indicators,
    indicators,
    part_names,
)
from karnameh.kernel.number_words import to_words
from karnameh.kernel.period import Period
from karnameh.kernel.text import clean
from karnameh.ledger.actions import (
    MAY_POST,
    correct_entry,
    post_entries,
    reverse_entry,
    verify_entry,
)
from karnameh.ledger.beside import beside
from karnameh.ledger.documents import Document, documents_of
from karnameh.ledger.forms import (
    CheckForm,
    CorrectionForm,
    EntryForm,
    PurposeForm,
    QuantityForm,
    ReasonForm,
)
from karnameh.ledger.models import Entry, Stage
from karnameh.ledger.queries import (
    Drill,
    Story,
    entries_behind,
    open_promises,
    promise_balance,
    story_of,
    unverified,
)
from karnameh.ledger.rules import Kind, NewEntry, far_from
from karnameh.ledger.rules import Stage as RuleStage
from karnameh.ledger.writing import Verdict
from karnameh.org.public import OrgUnit, Place, ancestors
from karnameh.people.public import Contact, read_phone, user_of
from karnameh.plumbing.addresses import id_in, number_in
from karnameh.plumbing.clock import now, today
from karnameh.plumbing.errors import CONSTRAINT_SENTENCES, Sentence
from karnameh.plumbing.public import OutOfReach, Refusal, no_role, refusing_malformed
from karnameh.ui.public import shown_to

_CALLERS = (Grantable.VERIFIER, Grantable.ADMINISTRATOR)
_WORDS = {1: "pledged", 2: "reported", 3: "verified"}


def shown(entries: Iterable[Entry]) -> list[Entry]:
    """Entries with the name of their stage and whether they were taken back, for the templates."""
    rows = list(entries)
    undone = set(
        Entry.objects.filter(corrects__in=[row.pk for row in rows], kind=Kind.REVERSAL).values_list(
            "corrects_id", flat=True
        )
    )
    parts = part_names(row.dimensions for row in rows)
    for row in rows:
        row.part_name = parts.get(row.dimensions_id, "")  # type: ignore[attr-defined]
        row.stage_word = _WORDS[row.stage]  # type: ignore[attr-defined]
        row.undone = row.pk in undone  # type: ignore[attr-defined]
    return rows


@login_required
@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """The rows behind a number."""
    reach = units_where(request.user)
    node: OrgUnit | Place
    if request.GET.get("place", "").isdecimal():
        if not reach.stretches:
            raise OutOfReach
        node = get_object_or_404(Place, pk=request.GET["place"])
    else:
        node = reach_unit(request.user, number_in(request.GET.get("unit", "")))
    with refusing_malformed("period"):
        written = request.GET.get("period", "all")
        period = Period(None, None) if written == "all" else Period.parse(written)
    stage = (
        RuleStage(int(request.GET["stage"]))
        if request.GET.get("stage") in ("1", "2", "3")
        else None
    )
    indicator = indicators().filter(pk=number_in(request.GET.get("indicator", "0"))).first()
    drill = Drill(node, period, indicator.pk if indicator else None, stage)
    page = entries_behind(reach, drill, before=id_in(request.GET.get("cursor", "")))
    page = type(page)(shown(page.rows), page.next_key)

    def here(**changed: str) -> str:
        query = {k: str(v) for k, v in request.GET.items() if k != "cursor"} | changed
        return "?" + urlencode({name: value for name, value in query.items() if value})

    return render(
        request,
        "ledger/entries.html",
        {
            "node": node,
            "node_url": reverse("unit" if isinstance(node, OrgUnit) else "place", args=[node.pk]),
            "period": period,
            "indicator": indicator,
            "stage_word": _WORDS[stage] if stage else "",
            "stages": [(_("All"), here(stage=""), stage is None)]
            + [(one.label, here(stage=str(one.value)), stage == one.value) for one in Stage],
            "page": page,
            "next_url": here(cursor=page.next_key) if page.next_key else "",
            "export_url": _export_url(request),
        },
    )


def _export_url(request: HttpRequest) -> str:
    """The export stands above the ledger; a ledger without it shows no button."""
    try:
        return f"{reverse('export_entries')}?{request.GET.urlencode()}"
    except NoReverseMatch:
        return ""


@login_required
@require_safe
def entry(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One entry and its story."""
    story = story_of(units_where(request.user), pk)
    one = story.entry
    [one] = shown([one])
    checks = [one for one in story.verifications if one.kind != Kind.REVERSAL]
    checked = next((one for one in shown(checks) if not getattr(one, "undone", False)), None)
    standing = one.kind != Kind.REVERSAL and story.reversed_by is None
    return render(
        request,
        "ledger/entry.html",
        {
            "entry": one,
            "story": story,
            "ties": _ties(story),
            "activity": Activity.objects.filter(pk=one.activity_id).first()
            if one.activity_id
            else None,
            "words": _in_words(request, one),
            "document": _document(request, story),
            "beside": beside(request, one),
            "fingerprint": bytes(one.digest).hex()[:16],
            "checked": checked,
            "larger": checked is not None and (checked.quantity or 0) > (one.quantity or 0),
            "balance": promise_balance(one) if one.stage == Stage.PLEDGED and standing else None,
            "may_change": standing
            and any(may(request.user, role, one.unit) for role in MAY_POST[RuleStage(one.stage)]),
            "may_verify": standing
            and one.stage == Stage.REPORTED
            and checked is None
            and one.posted_by_id != request.user.pk
            and may(request.user, Grantable.VERIFIER, one.unit),
            "may_call": _may_call(request, one) and _number_of(one) is not None,
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def call(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The mobile number of who posted an entry, for a purpose that is written down."""
    one = story_of(units_where(request.user), pk).entry
    if not _may_call(request, one):
        raise no_role()
    contact = _number_of(one)
    form = PurposeForm(request.POST or None)
    number = ""
    if contact is not None and request.method == "POST" and form.is_valid():
        number = read_phone(
            contact, by=user_of(request), at=now(), purpose=form.cleaned_data["purpose"]
        )
    response = render(
        request,
        "ledger/call.html",
        {
            "form": form,
            "entry": one,
            "known": contact is not None,
            "number": number,
            "back": reverse("entry", args=[pk]),
        },
        status=422 if form.errors else 200,
    )
    response["Cache-Control"] = "no-store"
    return response


def _may_call(request: HttpRequest, one: Entry) -> bool:
    return any(may(request.user, role, one.unit) for role in _CALLERS)


def _number_of(one: Entry) -> Contact | None:
    return Contact.objects.filter(user=one.posted_by_id, expires_on__gte=today()).first()


def _document(request: HttpRequest, story: Story) -> Document | None:
    """Where the entry came from; one that stands in place of another came from where that one did."""
    line = [story.entry, *([story.corrects] if story.corrects else [])]
    found = documents_of(user_of(request), line)
    return next((found[one.pk] for one in line if one.pk in found), None)


def _in_words(request: HttpRequest, one: Entry) -> str:
    whole = one.quantity is not None and one.quantity == one.quantity.to_integral_value()
    return to_words(int(one.quantity or 0)) if whole and shown_to(request).persian else ""


def _ties(story: Story) -> list[tuple[str, Entry]]:
    groups: list[tuple[str, Iterable[Entry]]] = [
        (_("fulfils the promise"), [story.fulfils] if story.fulfils else []),
        (_("checks the report"), [story.verifies] if story.verifies else []),
        (
            _("stands in place of"),
            [story.corrects] if story.corrects and story.entry.kind != Kind.REVERSAL else [],
        ),
        (
            _("takes back"),
            [story.corrects] if story.corrects and story.entry.kind == Kind.REVERSAL else [],
        ),
        (_("is part of"), [story.part_of] if story.part_of else []),
        (_("was fulfilled by"), story.fulfilments),
        (_("was checked"), story.verifications),
        (_("was taken back"), [c for c in story.corrections if c.kind == Kind.REVERSAL]),
        (_("was replaced by"), [c for c in story.corrections if c.kind != Kind.REVERSAL]),
        (_("has the part"), story.parts),
    ]
    return [(label, one) for label, rows in groups for one in shown(rows)]


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Record a promise or a report: first what, then how much."""
    unit = reach_unit(request.user, number_in(request.GET.get("unit", "")))
    activity = (
        activities_for(units_where(request.user))
        .filter(pk=number_in(request.GET.get("activity", "0")))
        .first()
    )
    indicator = (
        indicators()
        .filter(pk=number_in(request.GET.get("indicator", "0")), retired_on=None)
        .first()
    )
    stages = [Stage(stage) for stage, roles in MAY_POST.items() if stage != RuleStage.VERIFIED
              if any(may(request.user, role, unit) for role in roles)]  # fmt: skip
    if not stages:
        raise Refusal(_("You can see this, but your role does not allow this step."), status=403)
    if indicator is None:
        return _choose(request, unit, activity)
    return _record(request, unit, activity, indicator, stages)


def _choose(request: HttpRequest, unit: OrgUnit, activity: Activity | None) -> HttpResponse:
    query = request.GET.get("q", "")
    kept = [(name, request.GET[name]) for name in ("unit", "activity") if request.GET.get(name)]

    def here(indicator: int, more: dict[str, str] | None = None) -> str:
        return "?" + urlencode({**dict(kept), "indicator": str(indicator), **(more or {})})

    promised = open_promises(units_where(request.user), unit, activity.pk if activity else None)
    found = [one for one in find_indicators(query) if one.retired_on is None] if query else []
    return render(
        request,
        "ledger/choose.html",
        {
            "unit": unit,
            "activity": activity,
            "promised": [
                (
                    one,
                    here(
                        one.indicator_id,
                        {"activity": str(one.activity_id)} if one.activity_id else None,
                    ),
                )
                for one in promised
            ],
            "query": query,
            "kept": kept,
            "found": [(one, here(one.pk)) for one in found],
        },
    )


def _record(
    request: HttpRequest,
    unit: OrgUnit,
    activity: Activity | None,
    indicator: Indicator,
    stages: list[Stage],
) -> HttpResponse:
    places = [unit.place, *reversed(ancestors(unit.place))]
    if activity is not None and activity.place not in places:
        places.insert(0, activity.place)
    options: dict[str, Any] = {
        "indicator": indicator,
        "stages": stages,
        "places": places,
        "today": today(),
    }
    warning = ""
    if request.method == "POST":
        form = EntryForm(request.POST, **options)
        if form.is_valid():
            warning = _far_from_promise(form, unit, activity, indicator)
            if not warning or request.POST.get("sure"):
                try:
                    return _posted(request, form, unit, activity, indicator)
                except Refusal as refusal:
                    form.add_error(
                        refusal.field if refusal.field in form.fields else None, str(refusal)
                    )
                    warning = ""
            else:
                form = EntryForm(request.POST, ask_again=True, **options)
                form.is_valid()
    else:
        form = EntryForm(**options)
    return _form(
        request, form, heading=indicator.name, lede=unit.name, button=_("Record"), warning=warning,
        back=reverse("unit", args=[unit.pk]), unit_word=indicator.measure.symbol,
        status=422 if request.method == "POST" else 200,
    )  # fmt: skip


def _far_from_promise(
    form: EntryForm, unit: OrgUnit, activity: Activity | None, indicator: Indicator
) -> str:
    """A sentence when a report is many times its promise."""
    data = form.cleaned_data
    if data["stage"] != Stage.REPORTED or data["quantity"] is None or activity is None:
        return ""
    promise = Entry.objects.filter(
        unit=unit, activity=activity, indicator=indicator, stage=Stage.PLEDGED, kind=Kind.ORIGINAL
    ).first()
    if promise is None or not far_from(data["quantity"], promise.quantity):
        return ""
    return _("This is many times what was promised for this activity. Is it right?")


def _posted(
    request: HttpRequest,
    form: EntryForm,
    unit: OrgUnit,
    activity: Activity | None,
    indicator: Indicator,
) -> HttpResponse:
    data = form.cleaned_data
    fresh = NewEntry(
        id=data["id"], indicator=indicator.pk, stage=RuleStage(data["stage"]), unit=unit.pk,
        place=data["place"].pk, activity=activity.pk if activity else None, starts_on=data["on"],
        ends_on=data["on"], quantity=data["quantity"], rial=data["rial"], qualifier=form.rule_qualifier,
        as_written=data["as_written"], note=data["note"],
        dimensions=dimension_set(form.parts).pk if form.parts else TOTAL,
    )  # fmt: skip
    [receipt] = post_entries([fresh], by=user_of(request), at=now())
    if receipt.verdict is Verdict.CONFLICT:
        form.begin_anew()
        raise Refusal(
            _(
                "This form was sent before with other content, and that is recorded. Send it once more to"
                " record this beside it."
            ),
            status=409,
        )
    messages.success(request, _("Recorded. It is in every total from this moment on."))
    return redirect("entry", pk=fresh.id)


@login_required
@require_safe
def to_verify(request: HttpRequest) -> HttpResponse:
    """The verifier's queue."""
    page = unverified(
        units_where(request.user, Grantable.VERIFIER),
        user_of(request).pk,
        before=id_in(request.GET.get("cursor", "")),
    )
    page = type(page)(shown(page.rows), page.next_key)
    return render(
        request,
        "ledger/to_verify.html",
        {"page": page, "next_url": f"?cursor={page.next_key}" if page.next_key else ""},
    )


@login_required
def verify(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write down what was found on checking."""
    one = _standing(request, pk)
    if one.posted_by_id == user_of(request).pk:
        raise Refusal(CONSTRAINT_SENTENCES["entry_not_verified_by_its_reporter"], status=403)
    _require_role(request, one, RuleStage.VERIFIED)
    form = CheckForm(request.POST or None, indicator=one.indicator)
    if request.method == "POST" and form.is_valid():
        try:
            found = verify_entry(
                one,
                quantity=form.cleaned_data["quantity"],
                note=form.cleaned_data["note"],
                by=user_of(request),
                at=now(),
            )
        except Refusal as refusal:
            return _refused(request, form, refusal, one, _("Verify"))
        messages.success(request, _("Your count stands beside the report."))
        return redirect("entry", pk=found.verifies_id)
    return _form(
        request, form, heading=_("Verify"), lede=one.indicator.name, button=_("Record the check"), entry=one,
        back=reverse("entry", args=[pk]), unit_word=one.indicator.measure.symbol,
        status=422 if form.errors else 200,
    )  # fmt: skip


@login_required
def reverse_(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take an entry back."""
    one = _standing(request, pk)
    _require_role(request, one, RuleStage(one.stage))
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reverse_entry(one, note=form.cleaned_data["note"], by=user_of(request), at=now())
        except Refusal as refusal:
            return _refused(request, form, refusal, one, _("Take back"))
        messages.success(
            request, _("Taken back. Both rows stay in the ledger; the totals have moved.")
        )
        return redirect("entry", pk=pk)
    return _form(
        request, form, heading=_("Take back"), entry=one, danger=True, button=_("Take back"),
        lede=_("A row is never removed: a second row cancels it, with your reason. Its checks and parts go with it."),
        back=reverse("entry", args=[pk]), status=422 if form.errors else 200,
    )  # fmt: skip


@login_required
def correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Replace an entry by what is right."""
    one = _standing(request, pk)
    _require_role(request, one, RuleStage(one.stage))
    form = CorrectionForm(
        request.POST or None, indicator=one.indicator, initial={"qualifier": one.qualifier}
    )
    if request.method == "POST" and form.is_valid():
        try:
            fresh = correct_entry(
                one, quantity=form.cleaned_data["quantity"], qualifier=form.rule_qualifier,
                note=form.cleaned_data["note"], by=user_of(request), at=now(),
            )  # fmt: skip
        except Refusal as refusal:
            return _refused(request, form, refusal, one, _("Correct"))
        messages.success(
            request, _("Corrected. The old row stays, taken back, beside the new one.")
        )
        return redirect("entry", pk=fresh.pk)
    return _form(
        request, form, heading=_("Correct"), lede=one.indicator.name, entry=one, button=_("Correct"),
        back=reverse("entry", args=[pk]), unit_word=one.indicator.measure.symbol,
        status=422 if form.errors else 200,
    )  # fmt: skip


def _standing(request: HttpRequest, pk: UUID) -> Entry:
    """The entry, if it can be seen and has not been taken back."""
    story = story_of(units_where(request.user), pk)
    trouble: Sentence | None = None
    if story.reversed_by is not None:
        trouble = CONSTRAINT_SENTENCES["entry_reversed_once"]
    elif story.entry.kind == Kind.REVERSAL:
        trouble = _("A reversal cannot be reversed. Post the entry again instead.")
    if trouble is not None:
        typed = clean(request.POST.get("note", ""))
        raise Refusal(trouble, status=409, href=reverse("entry", args=[pk]), kept=typed)
    return story.entry


def _require_role(request: HttpRequest, one: Entry, stage: RuleStage) -> None:
    if not any(
        may(request.user, role, one.unit, theme=one.indicator.theme_id) for role in MAY_POST[stage]
    ):
        raise no_role()


def _refused(
    request: HttpRequest,
    form: CheckForm | ReasonForm | QuantityForm,
    refusal: Refusal,
    one: Entry,
    heading: str,
) -> HttpResponse:
    if refusal.status == 403:
        raise refusal
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    return _form(
        request, form, heading=heading, lede=one.indicator.name, entry=one, button=heading,
        back=reverse("entry", args=[one.pk]), unit_word=one.indicator.measure.symbol, status=refusal.status,
    )  # fmt: skip


def _form(
    request: HttpRequest, form: Any, *, status: int = 200, entry: Entry | None = None, **more: Any
) -> HttpResponse:
    if entry is not None:
        [entry] = shown([entry])
    return render(
        request, "ledger/form.html", {"form": form, "entry": entry, **more}, status=status
    )
