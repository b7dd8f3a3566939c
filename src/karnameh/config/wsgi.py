"""The WSGI application that the application server loads."""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "karnameh.config.settings")
application = get_wsgi_application()
len(
    get_resolver().url_patterns
)  # every page, read once before the workers part: not by each on its first visit
# What is loaded stays: the workers share it, and no collection walks through it again.
gc.freeze()
