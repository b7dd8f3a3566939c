"""Addresses of press packs."""

from __future__ import annotations

from django.urls import path, re_path

from karnameh.insight.press import views

urlpatterns = [
    path("press/", views.packs, name="press_packs"),
    path("press/all/", views.published, name="press_public"),
    path("press/<figure_code:code>/", views.pack, name="press_pack"),
    path("press/<figure_code:code>/qr.svg", views.pack_qr, name="press_qr"),
    re_path(
        r"^press/(?P<code>[2-9A-HJKMNP-TV-Z]{6,12})/(?P<language>fa|en)\.(?P<kind>pdf|docx)$",
        views.pack_file,
        name="press_file",
    ),
]
