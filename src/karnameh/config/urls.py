"""All addresses. Each has a row in the access table of the tests."""

from __future__ import annotations

from importlib.util import find_spec

from django.http import HttpResponse
from django.urls import include, path

from karnameh.plumbing.health import live, ready

urlpatterns = [
    path("health/live", live, name="health_live"),
    path("health/ready", ready, name="health_ready"),
    path("accounts/", include("allauth.urls")),
    path("", include("karnameh.front.urls")),
    path("", include("karnameh.insight.urls")),
    path("", include("karnameh.ledger.urls")),
]
for module, prefix, names in (
    ("karnameh.people.urls", "", ["display", "my_page"]),
    ("karnameh.front.administration.urls", "", ["admin_home", "audit", "about_data"]),
    ("karnameh.exchange.urls", "", ["imports"]),
):
    try:
        found = find_spec(module)
    except ModuleNotFoundError:
        found = None
    if found:
        urlpatterns.append(path(prefix, include(module)))
    else:
        urlpatterns += [path(f"soon/{name}/", lambda request: HttpResponse("soon"), name=name) for name in names]
