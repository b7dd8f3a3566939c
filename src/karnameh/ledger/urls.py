"""Addresses of the ledger."""

from __future__ import annotations

from django.urls import path

from karnameh.ledger import log_pages, views

urlpatterns = [
    path("entries/", views.entries, name="entries"),
    path("entries/new/", views.new, name="entry_new"),
    path("entries/to-verify/", views.to_verify, name="to_verify"),
    path("entries/<uuid:pk>/", views.entry, name="entry"),
    path("entries/<uuid:pk>/call/", views.call, name="entry_call"),
    path("entries/<uuid:pk>/verify/", views.verify, name="entry_verify"),
    path("entries/<uuid:pk>/correct/", views.correct, name="entry_correct"),
    path("entries/<uuid:pk>/reverse/", views.reverse_, name="entry_reverse"),
    path("entries/<uuid:pk>/receipt/", log_pages.entry_receipt, name="entry_receipt"),
    path("entries/<uuid:pk>/receipt.json", log_pages.entry_receipt_json, name="entry_receipt_json"),
    path("log/", log_pages.log, name="log"),
    path("log/heads.json", log_pages.log_heads, name="log_heads"),
    path("log/witness/", log_pages.log_witness, name="log_witness"),
    path("log/<int:number>/", log_pages.log_head, name="log_head"),
    path("log/<int:number>/head.json", log_pages.log_head_json, name="log_head_json"),
    path("log/<int:number>/message", log_pages.log_message, name="log_message"),
    path(
        "log/<int:older>/<int:newer>/consistency.json",
        log_pages.log_consistency,
        name="log_consistency",
    ),
    path("verify/", log_pages.verify, name="verify"),
    path("verify/karnameh-verify.py", log_pages.verifier, name="verifier"),
]
