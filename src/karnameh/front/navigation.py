"""The frame of every page: where its viewer may go, signed in or not, and who he is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from karnameh.access.public import Role, holds, units_where
from karnameh.narrative.public import DESK
from karnameh.people.public import User

_CALENDAR = ("calendar", "board", "board_line", "board_print", "run", "coverage", "feeds")
_HOME = ("home", "unit", "place", "silent_units")
_RECORDERS = (Role.REPORTER, Role.PLANNER, Role.PARTNER)
_PLANNERS = (*_RECORDERS, Role.REVIEWER, Role.ADMINISTRATOR, Role.AUDITOR)
_PLANNING = ("planning", "proposal", "campaign", "rule", "committee", "meeting")


def navigation(request: HttpRequest) -> dict[str, object]:
    """Context processor. On a page outside the middleware there is no navigation."""
    user = getattr(request, "user", None)
    here = request.resolver_match.url_name if request.resolver_match else ""
    if user is None:
        return {"display_url": reverse("display")}
    if not isinstance(user, User):
        return {
            "nav_items": _public_items(here or ""),
            "menu_items": [
                {"label": _("Sign in"), "url": reverse("account_login"), "icon": "user"}
            ],
            "home_url": reverse("figures_public"),
            "display_url": reverse("display"),
        }
    return {
        "nav_items": list(_items(user, here or "")),
        "menu_items": list(_menu(user)),
        "home_url": reverse("home"),
        "search_url": "search",
        "display_url": reverse("display"),
        "sign_out_url": reverse("account_logout"),
        "viewer_name": user.office,
    }


def _public_items(here: str) -> list[dict[str, Any]]:
    """What everybody may open: the figures, and everything by which they are read and checked."""
    figures = _item(_("Published figures"), "figures_public", "globe", here.startswith("figure"))
    packs = _item(_("Press packs"), "press_public", "file", here.startswith("press"))
    data = _item(_("Open data"), "open_data", "download", here.startswith(("open", "api")))
    check = _item(_("Check a figure"), "verify", "shield", here == "verify")
    return [
        {**figures, "short": pgettext("short", "Figures")},
        {**packs, "short": pgettext("short", "Press")},
        {**data, "short": pgettext("short", "Data")},
        {**check, "short": pgettext("short", "Check")},
        _item(_("The log"), "log", "verify", here.startswith("log")),
    ]


def _items(user: User, here: str) -> list[dict[str, Any]]:
    """Each door that the viewer's roles open, the most used ones first: a phone shows five."""
    if not units_where(user).stretches:
        return []
    items = [_item(_("Overview"), "home", "home", here in _HOME)]
    if any(holds(user, role) for role in _RECORDERS):
        items.append(_item(_("Record"), "record", "plus", here in ("record", "entry_new")))
    if holds(user, Role.VERIFIER):
        items.append(
            _item(_("To verify"), "to_verify", "verify", here in ("to_verify", "entry_verify"))
        )
    if any(holds(user, role) for role in _PLANNERS):
        items.append(_item(_("Planning"), "planning", "activities", here.startswith(_PLANNING)))
    items.append(
        _item(_("Indicators"), "indicators", "indicators", here in ("indicators", "indicator"))
    )
    if any(holds(user, role) for role in (*_RECORDERS, Role.VERIFIER)):
        items.append(_item(_("Spreadsheets"), "imports", "import", here.startswith("import")))
    if any(holds(user, role) for role in DESK):
        item = _item(_("Reports"), "readings", "file", here.startswith("reading"))
        items.append({**item, "short": pgettext("short", "Reports")})
    if any(holds(user, role) for role in (Role.REVIEWER, Role.PLANNER)):
        items.append(_item(_("Review"), "review_desks", "check", here.startswith("review")))
    if whole(user):
        items.append(_item(_("Packages"), "packages", "lock", here.startswith("package")))
        items.append(_item(_("Calendar of the week"), "calendar", "calendar", here in _CALENDAR))
    items.append(_item(_("Promises"), "promises", "calendar", here == "promises"))
    if holds(user, Role.PRESS):
        item = _item(_("Public figures"), "figures", "globe", here.startswith(("figure", "press")))
        items.append({**item, "short": pgettext("short", "Figures")})
    if holds(user, Role.ADMINISTRATOR):
        items.append(_item(_("Administration"), "admin_home", "units", here.startswith("admin")))
    if holds(user, Role.AUDITOR):
        items.append(_item(_("Audit"), "audit", "shield", here.startswith("audit")))
    return items


def whole(user: User) -> bool:
    """Whether a grant without a theme opens something to the viewer: packages speak of all themes."""
    return any(one.theme is None for one in units_where(user).stretches)


def _item(label: str, name: str, icon: str, current: bool) -> dict[str, Any]:
    return {"label": label, "url": reverse(name), "icon": icon, "current": current}


def _menu(user: User) -> list[dict[str, Any]]:
    """The viewer's own pages, and the desks that a phone's five tabs have no room for."""
    desks = [
        {"label": label, "url": reverse(name), "icon": icon}
        for roles, label, name, icon in (
            ((Role.REVIEWER, Role.PLANNER), _("Review"), "review_desks", "check"),
            ((Role.PLANNER,), _("Packages"), "packages", "lock"),
            (tuple(Role), _("Calendars on the phone"), "feeds", "calendar"),
            (DESK, _("Reports"), "readings", "file"),
            (tuple(Role), _("Promises"), "promises", "calendar"),
            ((Role.PRESS,), _("Public figures"), "figures", "globe"),
            ((Role.ADMINISTRATOR,), _("Administration"), "admin_home", "units"),
            ((Role.AUDITOR,), _("Audit"), "audit", "shield"),
            (tuple(Role), _("The log"), "log", "verify"),
        )
        if any(holds(user, role) for role in roles)
    ]
    return [
        *desks,
        *_field(user),
        {"label": _("My page"), "url": reverse("my_page"), "icon": "user"},
        {"label": _("Open data"), "url": reverse("open_data"), "icon": "download"},
        *_keys(user),
        {"label": _("What is kept about people"), "url": reverse("about_data"), "icon": "shield"},
    ]


def _keys(user: User) -> list[dict[str, Any]]:
    """Who sees nothing has nothing to open for a program."""
    if not units_where(user).stretches:
        return []
    return [
        {"label": _("Keys for programs"), "url": reverse("api_keys"), "icon": "lock"},
        {"label": _("Messages to programs"), "url": reverse("api_hooks"), "icon": "bell"},
    ]


def _field(user: User) -> list[dict[str, Any]]:
    """The phone app, and the desk for what phones could not deliver."""
    rows = (
        ((*_RECORDERS, Role.VERIFIER), _("Phone app"), "field_app", "plus"),
        ((Role.REPORTER,), _("Check-in points"), "field_points", "people"),
        ((Role.REPORTER, Role.PARTNER), _("Not delivered"), "field_aside", "bell"),
    )
    return [
        {"label": label, "url": reverse(name), "icon": icon}
        for roles, label, name, icon in rows
        if any(holds(user, role) for role in roles)
    ]
