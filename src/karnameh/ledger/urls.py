"""Addresses of the ledger."""

from __future__ import annotations

from django.urls import path

from karnameh.ledger import views

urlpatterns = [
    path("entries/", views.entries, name="entries"),
    path("entries/new/", views.new, name="entry_new"),
    path("entries/to-verify/", views.to_verify, name="to_verify"),
    path("entries/<uuid:pk>/", views.entry, name="entry"),
    path("entries/<uuid:pk>/call/", views.call, name="entry_call"),
    path("entries/<uuid:pk>/verify/", views.verify, name="entry_verify"),
    path("entries/<uuid:pk>/correct/", views.correct, name="entry_correct"),
    path("entries/<uuid:pk>/reverse/", views.reverse_, name="entry_reverse"),
]
