"""Public pages of the log, and the receipts of an entry for those who may see it."""

from __future__ import annotations

import base64
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from karnameh.access.public import Role, holds, units_where
from karnameh.ledger.models import Head, Witness
from karnameh.ledger.queries import story_of
from karnameh.ledger.sealing.heads import heads, log_name
from karnameh.ledger.sealing.proving import covering_head, question_of, receipt
from karnameh.ledger.sealing.publishing import consistency_between, head_json, heads_json
from karnameh.ledger.sealing.witnesses import (
    countersign,
    register_witness,
    retire_witness,
    witness_message,
)
from karnameh.ledger.verifier import FILE, NAME
from karnameh.org.public import OrgUnit, under_any
from karnameh.plumbing.clock import now
from karnameh.plumbing.public import OutOfReach, Refusal, no_role

_SHOWN = 50  # heads on a page


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """All heads, the newest first: what this installation has said about its ledger, and cannot unsay."""
    before = request.GET.get("before", "")
    rows = heads().prefetch_related("countersignatures__witness__unit")
    if before.isdecimal():
        rows = rows.filter(number__lt=int(before[:9]))
    found = list(rows[: _SHOWN + 1])
    last = heads().first()
    return render(
        request,
        "ledger/log.html",
        {
            "heads": found[:_SHOWN],
            "next_url": f"?before={found[_SHOWN - 1].number}" if len(found) > _SHOWN else "",
            "last": last,
            "key": bytes(last.key.public).hex() if last else "",
            "log_name": log_name(),
            "witnesses": Witness.objects.filter(retired_at=None).select_related("unit"),
            "may_witness": holds(request.user, Role.PARTNER)
            if request.user.is_authenticated
            else False,
        },
    )


@require_safe
def log_heads(request: HttpRequest) -> JsonResponse:
    """The heads as JSON, oldest first, each with the proof that it continues the one before."""
    until = request.GET.get("until", "")
    return JsonResponse(heads_json(int(until[:9]) if until.isdecimal() else None))


@require_http_methods(["GET", "HEAD", "POST"])
def log_head(request: HttpRequest, number: int) -> HttpResponse:
    """One head; a partner may put his signature beside it."""
    head = _head(number)
    mine = _own_witnesses(request)
    if request.method == "POST":
        witness = next((one for one in mine if str(one.pk) == request.POST.get("witness")), None)
        if witness is None:
            raise no_role()
        try:
            signature = _bytes(request.POST.get("signature", ""), "signature")
            countersign(head, witness, signature, by=request.user, at=now())  # type: ignore[arg-type]
        except Refusal as trouble:
            return _head_page(request, head, mine, trouble)
        messages.success(request, _("Your signature stands beside this head."))
        return redirect("log_head", number=number)
    return _head_page(request, head, mine, None)


def _head_page(
    request: HttpRequest, head: Head, mine: list[Witness], trouble: Refusal | None
) -> HttpResponse:
    before = Head.objects.filter(number=head.number - 1).first()
    signed = list(head.countersignatures.select_related("witness__unit").order_by("at"))
    done = {one.witness_id for one in signed}
    return render(
        request,
        "ledger/log_head.html",
        {
            "crumbs": _crumbs(),
            "head": head,
            "root": bytes(head.root).hex(),
            "totals": bytes(head.totals).hex(),
            "digest": bytes(head.digest).hex(),
            "public": bytes(head.key.public).hex(),
            "signature": bytes(head.signature).hex(),
            "before": before,
            "signatures": signed,
            "mine": [one for one in mine if one.pk not in done],
            "trouble": trouble,
            "typed": request.POST.get("signature", "") if trouble else "",
        },
        status=trouble.status if trouble else 200,
    )


@require_safe
def log_head_json(request: HttpRequest, number: int) -> JsonResponse:
    """One head as JSON."""
    return JsonResponse(head_json(_head(number)))


@require_safe
def log_message(request: HttpRequest, number: int) -> HttpResponse:
    """The bytes that a witness signs."""
    text = witness_message(_head(number))
    answer = HttpResponse(text, content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="head-{number}.txt"'
    return answer


@require_safe
def log_consistency(request: HttpRequest, older: int, newer: int) -> JsonResponse:
    """That the log of one head begins with the log of another."""
    if older > newer:
        raise Refusal(_("The older head comes first."))
    one, two = _head(older), _head(newer)
    return JsonResponse(
        {"older": older, "newer": newer, "consistency": consistency_between(one, two)}
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def log_witness(request: HttpRequest) -> HttpResponse:
    """A partner enters the key with which he will sign heads, or gives one up."""
    if not holds(request.user, Role.PARTNER):
        raise no_role()
    trouble = None
    if request.method == "POST":
        try:
            if request.POST.get("retire"):
                one = next(
                    (w for w in _own_witnesses(request) if str(w.pk) == request.POST["retire"]),
                    None,
                )
                if one is None:
                    raise OutOfReach
                retire_witness(one, by=request.user, at=now())  # type: ignore[arg-type]
            else:
                unit = get_object_or_404(
                    _partner_units(request), pk=_id(request.POST.get("unit", ""))
                )
                public = _bytes(request.POST.get("public", ""), "public")
                register_witness(unit, public=public, by=request.user, at=now())  # type: ignore[arg-type]
            messages.success(request, _("Saved."))
            return redirect("log_witness")
        except Refusal as refusal:
            trouble = refusal
    return render(
        request,
        "ledger/log_witness.html",
        {
            "crumbs": _crumbs(),
            "units": _partner_units(request),
            "mine": _own_witnesses(request),
            "trouble": trouble,
            "typed": request.POST.get("public", "") if trouble else "",
        },
        status=trouble.status if trouble else 200,
    )


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Where anybody checks a bundle, in his own browser."""
    last = heads().first()
    return render(
        request,
        "ledger/verify.html",
        {
            "crumbs": _crumbs(),
            "key": bytes(last.key.public).hex() if last else "",
            "consistency_url": reverse("log_consistency", args=[1, 2]),
            "program_digest": sha256(FILE.read_bytes()).hexdigest(),
        },
    )


@require_safe
def verifier(request: HttpRequest) -> FileResponse:
    """The verifier to take home."""
    return FileResponse(
        FILE.open("rb"), as_attachment=True, filename=NAME, content_type="text/x-python"
    )


@login_required
@require_safe
def entry_receipt(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Is my contribution inside? The head that holds an entry, and its receipt to check."""
    entry = story_of(units_where(request.user), pk).entry
    head = covering_head(entry)
    bundle = reverse("entry_receipt_json", args=[pk])
    return render(
        request,
        "ledger/receipt.html",
        {
            "crumbs": [{"label": entry.indicator.name, "url": reverse("entry", args=[pk])}],
            "entry": entry,
            "head": head,
            "bundle_url": bundle,
            "check_url": f"{reverse('verify')}?bundle={bundle}",
            "stage_word": {1: "pledged", 2: "reported", 3: "verified"}[entry.stage],
        },
    )


@login_required
@require_safe
def entry_receipt_json(request: HttpRequest, pk: UUID) -> JsonResponse:
    """The receipt itself."""
    entry = story_of(units_where(request.user), pk).entry
    head = covering_head(entry)
    if head is None:
        raise Refusal(_("This entry is not sealed yet. The next head will hold it."), status=409)
    answer = JsonResponse(receipt(entry, question_of(entry), head))
    answer["Content-Disposition"] = f'inline; filename="receipt-{pk}.json"'
    return answer


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("The log"), "url": reverse("log")}]


def _head(number: int) -> Head:
    return get_object_or_404(Head.objects.select_related("key__endorsed_by"), number=number)


def _own_witnesses(request: HttpRequest) -> list[Witness]:
    """Keys of partners that the viewer speaks for."""
    if not request.user.is_authenticated:
        return []
    reach = units_where(request.user, Role.PARTNER)
    rows = Witness.objects.filter(under_any(reach.paths, "unit__path"), retired_at=None)
    return list(rows.select_related("unit").order_by("pk"))


def _partner_units(request: HttpRequest) -> Any:
    reach = units_where(request.user, Role.PARTNER)
    return OrgUnit.objects.filter(path__in=reach.paths).order_by("sort_key")


def _id(word: str) -> int:
    return int(word[:9]) if word.isdecimal() else 0


def _bytes(word: str, name: str) -> bytes:
    """What was pasted, in hexadecimal or base64."""
    plain = "".join(word.split())
    try:
        if all(letter in "0123456789abcdefABCDEF" for letter in plain):
            return bytes.fromhex(plain)
        return base64.b64decode(plain, validate=True)
    except ValueError as trouble:
        raise Refusal(_("Paste it in hexadecimal digits or as base64."), field=name) from trouble
