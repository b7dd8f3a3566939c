"""All addresses. Each has a row in the access table of the tests."""

from __future__ import annotations

from django.urls import include, path
from django.views.generic import RedirectView

from karnameh.plumbing.health import live, ready

urlpatterns = [
    path("health/live", live, name="health_live"),
    path("health/ready", ready, name="health_ready"),
    # Browsers ask for it by themselves; the page names the real one.
    path("favicon.ico", RedirectView.as_view(url="/static/ui/mark-192.png"), name="favicon"),
    path("accounts/", include("allauth.urls")),
    path("", include("karnameh.front.urls")),
    path("", include("karnameh.people.urls")),
    path("", include("karnameh.front.administration.urls")),
    path("", include("karnameh.insight.urls")),
    path("", include("karnameh.exchange.urls")),
    path("", include("karnameh.narrative.urls")),
    path("field/", include("karnameh.field.urls")),
    path("", include("karnameh.campaigns.urls")),
    path("", include("karnameh.campaigns.review.urls")),
    path("", include("karnameh.campaigns.package.urls")),
    path("", include("karnameh.campaigns.week.urls")),
    path("", include("karnameh.ledger.urls")),
]

handler400 = "karnameh.plumbing.problems.unreadable"
handler403 = "karnameh.plumbing.problems.forbidden"
handler404 = "karnameh.plumbing.problems.no_such_page"
handler429 = "karnameh.plumbing.problems.too_many_tries"  # asked for by allauth
handler500 = "karnameh.plumbing.problems.our_fault"
