"""Pages of press packs: choosing for officers, reading for everybody."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from karnameh.access.public import Role, units_where
from karnameh.activities.public import campaign_at
from karnameh.insight.figures.models import State
from karnameh.insight.maps.shapes import canvas, legend, province_map
from karnameh.insight.press import queries
from karnameh.insight.press.actions import issue_pack
from karnameh.insight.press.pdf import qr_svg
from karnameh.insight.press.words import worded
from karnameh.org.public import OrgUnit
from karnameh.people.public import User
from karnameh.plumbing.clock import now, today
from karnameh.plumbing.public import OutOfReach, Refusal, no_role
from karnameh.ui.public import shown_to

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


class PackForm(forms.Form):
    """The titles of a pack."""

    title_fa = forms.CharField(label=gettext_lazy("Title in Persian"), max_length=160)
    title_en = forms.CharField(
        label=gettext_lazy("Title in English"),
        max_length=160,
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def packs(request: HttpRequest) -> HttpResponse:
    """All packs, and a new one out of published figures."""
    user = request.user
    assert isinstance(user, User)
    if not units_where(user).stretches:
        raise OutOfReach
    paths = units_where(user, Role.PRESS).paths
    if not paths:
        raise no_role()
    choice = list(queries.figures_to_choose(user, at=now())[:100])
    chosen = [one for one in choice if str(one.pk) in request.POST.getlist("figures")]
    form, trouble = PackForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        unit = OrgUnit.objects.get(path=paths[0])
        try:
            pack = issue_pack(
                unit,
                chosen,
                campaign=campaign_at(today()),
                by=user,
                at=now(),
                site=request.build_absolute_uri("/"),
                **form.cleaned_data,
            )
        except Refusal as refusal:
            trouble = str(refusal)
        else:
            messages.success(request, _("Issued. Its files are made in a moment."))
            return redirect("press_pack", code=pack.code)
    return render(
        request,
        "insight/press/packs.html",
        {
            "packs": queries.packs_for(user)[:50],
            "choice": choice,
            "form": form,
            "trouble": trouble,
            "chosen": {one.pk for one in chosen},
            "crumbs": [{"label": _("Public figures"), "url": reverse("figures")}],
        },
        status=422 if trouble or form.errors else 200,
    )


@require_safe
def published(request: HttpRequest) -> HttpResponse:
    """All packs that everybody may see."""
    return render(
        request, "insight/press/published.html", {"packs": queries.public_packs(at=now())[:100]}
    )


@require_safe
def pack(request: HttpRequest, code: str) -> HttpResponse:
    """A pack as a page, for everybody."""
    found = queries.public_pack(code, at=now())
    said = worded(found.document, get_language() or "fa")
    display = shown_to(request)
    rows = [
        {"name": one["fa"], "value": one["share"], "label": one["percent"]}
        for one in said["coverage"]
    ]
    moved = [
        one.figure
        for one in found.figures.select_related("figure")
        if one.figure.state != State.PUBLISHED
    ]
    files = set(found.files.values_list("language", "kind"))
    return render(
        request,
        "insight/press/pack.html",
        {
            "pack": found,
            "said": said,
            "map": province_map(rows, display, said["words"]["map"]) if rows else "",
            "legend": legend(rows) if rows else "",
            "attribution": canvas().attribution,
            "moved": moved,
            "files": [
                (language, kind, (language, kind) in files)
                for language in ("fa", "en")
                for kind in ("pdf", "docx")
            ],
            "raw": found.document["figures"],
        },
    )


@require_safe
def pack_file(request: HttpRequest, code: str, language: str, kind: str) -> HttpResponse:
    """A pack as a file."""
    found = queries.public_pack(code, at=now())
    file = queries.file_of(found, language, kind)
    if file is None:
        raise OutOfReach
    response = HttpResponse(bytes(file.content), content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="karnameh-{code}-{language}.{kind}"'
    return response


@require_safe
def pack_qr(request: HttpRequest, code: str) -> HttpResponse:
    """The address of a pack as a picture."""
    queries.public_pack(code, at=now())
    return HttpResponse(
        qr_svg(request.build_absolute_uri(reverse("press_pack", args=[code]))),
        content_type="image/svg+xml",
    )
