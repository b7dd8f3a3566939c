"""Health addresses: live touches nothing, ready asks what a request would need."""

from __future__ import annotations

import os
import time
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe


@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"live": True})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Database, migrations and storage are as a request needs them; 503 when one is not."""
    checks = {"database": False, "migrations": False, "storage": os.access(settings.VAR, os.W_OK)}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        checks["database"] = True
        executor = MigrationExecutor(connection)
        checks["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        pass
    healthy = all(checks.values())
    return JsonResponse(
        {"ready": healthy, **checks, "backup_age_hours": _backup_age(settings.VAR / "backups")},
        status=200 if healthy else 503,
    )


def _backup_age(folder: Path) -> float | None:
    made = [file.stat().st_mtime for file in folder.glob("*.backup")] if folder.exists() else []
    return round((time.time() - max(made)) / 3600, 1) if made else None
