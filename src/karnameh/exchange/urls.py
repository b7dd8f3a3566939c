"""Addresses of exchange."""

from __future__ import annotations

from django.urls import include, path

from karnameh.exchange import views
from karnameh.exchange.api import pages
from karnameh.exchange.api.interface import api
from karnameh.exchange.opendata import pages as open_pages
from karnameh.exchange.webhooks import pages as hook_pages

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
    path("open/", open_pages.catalogue, name="open_data"),
    path("open/ask/", open_pages.ask, name="open_data_ask"),
    path("open/indicators.csv", open_pages.dictionary, name="open_dictionary"),
    path("open/3w.csv", open_pages.activities, name="open_activities"),
    path("open/<slug:code>/", open_pages.data_page, name="open_data_page"),
    path("open/<slug:code>/confirm/", open_pages.confirm, name="open_data_confirm"),
    path("open/<slug:code>/figures.<slug:kind>", open_pages.download, name="open_data_file"),
    path("api/", pages.described, name="api_page"),
    path("api/keys/", pages.keys, name="api_keys"),
    path("api/keys/<int:pk>/revoke/", pages.revoke, name="api_key_revoke"),
    path("api/hooks/", hook_pages.hooks, name="api_hooks"),
    path("api/hooks/<uuid:pk>/", hook_pages.hook, name="api_hook"),
    path("api/hooks/<uuid:pk>/step/", hook_pages.step, name="api_hook_step"),
    path("api/hooks/messages/<uuid:pk>/again/", hook_pages.again, name="api_hook_again"),
    path("api/v1/openapi.json", pages.openapi, name="api_openapi"),
    path("api/v1/", include(api.urls[0])),
]
