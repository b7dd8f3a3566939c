"""Addresses of published figures. A code is written in capitals, so it is never one of the words."""

from __future__ import annotations

from django.urls import path, register_converter

from karnameh.insight.figures import opening, views


class CodeConverter:
    """The code of a figure."""

    regex = "[2-9A-HJKMNP-TV-Z]{6,12}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(CodeConverter, "figure_code")

urlpatterns = [
    path("figures/", views.desk, name="figures"),
    path("figures/new/", views.new, name="figure_new"),
    path("figures/sentence/", views.sentence, name="figure_sentence"),
    path("figures/all/", views.published, name="figures_public"),
    path("figures/<figure_code:code>/", views.figure, name="figure"),
    path("figures/<figure_code:code>/qr.svg", views.qr, name="figure_qr"),
    path("figures/<figure_code:code>/figure.json", views.bundle, name="figure_bundle"),
    path(
        "figures/<figure_code:code>/deliveries/",
        opening.figure_deliveries,
        name="figure_deliveries",
    ),
    path(
        "figures/<figure_code:code>/deliveries.csv",
        opening.figure_deliveries_csv,
        name="figure_deliveries_csv",
    ),
    path(
        "figures/<figure_code:code>/deliveries/<uuid:pk>/",
        opening.figure_delivery,
        name="figure_delivery",
    ),
    path(
        "figures/<figure_code:code>/deliveries/<uuid:pk>/receipt.json",
        opening.figure_delivery_receipt,
        name="figure_delivery_receipt",
    ),
    path("figures/<figure_code:code>/desk/", views.figure_desk, name="figure_desk"),
    path("figures/<figure_code:code>/step/", views.step, name="figure_step"),
    path("figures/<figure_code:code>/progress/", views.progress, name="figure_progress"),
    path("figures/<figure_code:code>/preview/", views.public_preview, name="figure_preview"),
]
