"""The WSGI application that the application server loads."""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "karnameh.config.settings")
application = get_wsgi_application()
# What is loaded stays: the workers share it, and no collection walks through it again.
gc.freeze()
