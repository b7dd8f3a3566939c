"""The product's application with a clock that the benchmark moves and a folder of its own for photos.

Eight bytes of the file that `KARNAMEH_BENCH_CLOCK` names hold the microseconds since 1970. All processes
of the server read the same file, so they agree about the time as they do in life.
"""

from __future__ import annotations

import mmap
import os
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from karnameh.config.bench.sync.moments import ids_at

with open(os.environ["KARNAMEH_BENCH_CLOCK"], "rb") as _file:
    _face = mmap.mmap(_file.fileno(), 8, access=mmap.ACCESS_READ)


def _now() -> datetime:
    """What the benchmark's clock shows."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
        microseconds=struct.unpack("<q", _face[:8])[0]
    )


patch("django.utils.timezone.now", _now).start()
patch("karnameh.kernel.ids.uuid_utils", ids_at(_now)).start()

from django.conf import settings  # noqa: E402

from karnameh.config.wsgi import application  # noqa: E402

settings.UPLOADS = Path(os.environ["KARNAMEH_BENCH_UPLOADS"])

__all__ = ["application"]
