"""Addresses of the field, all beneath /field/: the app's service worker reaches no further."""

from __future__ import annotations

from django.urls import path, re_path

from karnameh.field.views import desk, phone, shell

urlpatterns = [
    path("", shell.app, name="field_app"),
    path("worker.js", shell.worker, name="field_worker"),
    re_path(r"^app-(?P<mark>[0-9a-f]{12})\.(?P<kind>js|css)$", shell.shipped, name="field_shipped"),
    path("app.webmanifest", shell.manifest, name="field_manifest"),
    path("api/enrol/", phone.enrol, name="field_enrol"),
    path("api/sync/", phone.sync, name="field_sync"),
    path("api/down/", phone.down, name="field_down"),
    re_path(r"^api/files/(?P<sha256>[0-9a-f]{64})/$", phone.file, name="field_file"),
    path("phones/", desk.devices, name="field_devices"),
    path("phones/<uuid:pk>/lock/", desk.revoke, name="field_revoke"),
    path("evidence/<uuid:pk>/", desk.evidence, name="field_evidence"),
    path("ask/<uuid:pk>/", desk.ask, name="field_ask"),
    path("aside/", desk.aside, name="field_aside"),
    path("aside/queue/", desk.take_queue, name="field_queue"),
    path("aside/<int:pk>/", desk.aside_one, name="field_aside_one"),
    path("check-in/", desk.check_in, name="field_check_in"),
    path("points/", desk.points, name="field_points"),
    path("points/<slug:code>/", desk.point, name="field_point"),
]
