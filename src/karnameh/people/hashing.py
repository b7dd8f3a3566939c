"""Argon2id at the OWASP minimum: 19 MiB, two passes, one lane.

Django's default takes 100 MiB and six times the CPU; on the morning of a campaign tens of thousands
of people sign in to one small server.
"""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
