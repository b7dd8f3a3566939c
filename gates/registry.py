"""Nothing in the repository that belongs to one machine or to nobody: addresses, paths, leftovers.

The repository must install from whichever package index a machine is set up for, so it names none.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from gates.findings import ROOT, Inspection, report

# Put together from pieces: this file is looked at like every other.
_HOSTS = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "yarn" + "pkg.com",
    "deb." + "debian.org",
    "security." + "debian.org",
    "crates" + ".io",
    "proxy." + "golang.org",
]
FORBIDDEN = {
    re.compile("|".join(re.escape(host) for host in _HOSTS), re.IGNORECASE): (
        "names the host of a package registry; the machine's own settings choose the index."
    ),
    re.compile("^(<" + "{7}|>{7})( |$)", re.MULTILINE): "a merge conflict was committed.",
    re.compile(r"(?<![\w./-])/" + r"work/(?=[\w.])"): (
        "a path of one machine; write it from the root of the repository."
    ),
    re.compile("shared" + "/reports"): "speaks of a folder that readers do not have.",
    re.compile("-----BEGIN [A-Z ]*PRIVATE" + " KEY-----"): "a private key must not be kept here.",
}
_PIN = re.compile(r"^([\w.-]+)(?:\[[^\]]*\])?==([^\s;]+)", re.MULTILINE)


def check(root: Path = ROOT) -> Inspection:
    """Look at every text file that git keeps or would keep."""
    inspection = Inspection(root)
    for file in kept_files(root):
        content = file.read_bytes()
        if b"\0" in content[:8000]:
            continue
        inspection.looked_at += 1
        text = content.decode("utf-8", errors="replace")
        for pattern, sentence in FORBIDDEN.items():
            for match in pattern.finditer(text):
                inspection.found(file, text.count("\n", 0, match.start()) + 1, sentence)
    check_requirements(inspection)
    return inspection


def kept_files(root: Path) -> list[Path]:
    """The files of the repository, with the new ones that are not ignored; all of an unpacked archive."""
    if (root / ".git").exists():
        listed = subprocess.run(
            # The owner may be another user than the one who tests, for instance in a container.
            ["git", "-c", "safe.directory=*", "ls-files", "-z", "-co", "--exclude-standard"],
            cwd=root,
            capture_output=True,
            check=True,
        ).stdout.decode()
        files = {root / name for name in listed.split("\0") if name}
    else:
        files = {file for file in root.rglob("*") if file.relative_to(root).parts[0] != "var"}
    return sorted(file for file in files if file.is_file() and not file.is_symlink())


def check_requirements(inspection: Inspection) -> None:
    """The pinned files agree with each other and with pyproject.toml."""
    folder = inspection.root / "requirements"
    run, dev = (pins(folder / f"{kind}.txt") for kind in ("run", "dev"))
    for name, version in run.items():
        if dev.get(name) != version:
            inspection.found(
                folder / "dev.txt",
                0,
                f"{name} is {version} in run.txt and {dev.get(name, 'missing')} here; run ./karnameh lock.",
            )
    project = tomllib.loads((inspection.root / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    for asked, pinned, file in (
        (project["dependencies"], run, "run.txt"),
        (project["optional-dependencies"]["dev"], dev, "dev.txt"),
    ):
        for requirement in asked:
            name = normal(re.split(r"[^\w.-]", requirement, maxsplit=1)[0])
            if name not in pinned:
                inspection.found(
                    folder / file, 0, f"{name} is in pyproject.toml only; run ./karnameh lock."
                )


def pins(file: Path) -> dict[str, str]:
    """Package name → exact version, as a requirements file has them."""
    return {
        normal(name): version for name, version in _PIN.findall(file.read_text(encoding="utf-8"))
    }


def normal(name: str) -> str:
    """A package's name in the one spelling that counts."""
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.exit(report("registry", check(), "text files"))
