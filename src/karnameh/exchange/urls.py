"""Addresses of exchange."""

from __future__ import annotations

from django.urls import include, path

from karnameh.exchange import views
from karnameh.exchange.api import pages
from karnameh.exchange.api.interface import api

urlpatterns = [
    path("imports/", views.import_list, name="imports"),
    path("imports/new/", views.import_new, name="import_new"),
    path("imports/template/", views.import_template, name="import_template"),
    path("imports/<uuid:pk>/", views.import_page, name="import_page"),
    path("imports/<uuid:pk>/rows/", views.import_rows, name="import_rows"),
    path("imports/<uuid:pk>/errors/", views.import_errors, name="import_errors"),
    path("imports/<uuid:pk>/post/", views.import_post, name="import_post"),
    path("imports/<uuid:pk>/undo/", views.import_undo, name="import_undo"),
    path("imports/<uuid:pk>/undo/second/", views.import_undo_second, name="import_undo_second"),
    path("imports/<uuid:pk>/discard/", views.import_discard, name="import_discard"),
    path("export/entries/", views.export, name="export_entries"),
    path("api/", pages.described, name="api_page"),
    path("api/keys/", pages.keys, name="api_keys"),
    path("api/keys/<int:pk>/revoke/", pages.revoke, name="api_key_revoke"),
    path("api/v1/openapi.json", pages.openapi, name="api_openapi"),
    path("api/v1/", include(api.urls[0])),
]
