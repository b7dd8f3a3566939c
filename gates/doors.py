"""Contexts meet only at their doors: `public.py` is all that one context may import of another.

`--list` prints every context with what its door offers. The order of the contexts themselves is the
business of `.importlinter`.
"""

from __future__ import annotations

import ast
import configparser
import re
import signal
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gates.findings import ROOT, Inspection, report

PACKAGE = "karnameh"
LIBRARIES = {"kernel", "plumbing", "ui"}  # made to be used piece by piece: every module is open
PURE = {
    "rules",
    "reader",
    "planner",
    "dispatcher",
    "disclosure",
}  # .importlinter keeps Django out of these

# Inside a context, what a file may use stands to the right of it.
FILES = ("urls", "admin", "views", "forms", "public", "actions", "queries", "models", "rules")


@dataclass(frozen=True)
class Import:
    """One imported module or name, with its full dotted path."""

    target: str
    line: int


def contexts(root: Path) -> dict[str, Path]:
    """The contexts of the product by name: every folder of the package that holds Python files."""
    package = root / "src" / PACKAGE
    folders = sorted(folder for folder in package.glob("*") if folder.is_dir())
    return {folder.name: folder for folder in folders if any(folder.rglob("*.py"))}


def imports_of(file: Path, package: str) -> Iterator[Import]:
    """Every import in a file, also inside functions and under TYPE_CHECKING.

    `package` is the dotted package that the file belongs to, against which relative imports are read.
    """
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"), str(file))):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield Import(name.name, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *([base] if base else [])])
            for name in node.names:
                yield Import(f"{base}.{name.name}", node.lineno)


def check(root: Path = ROOT) -> Inspection:
    """Look at every import of the product, and at what each context's folder must hold."""
    inspection = Inspection(root)
    known = contexts(root)
    wanted: dict[str, set[str]] = defaultdict(set)
    for name, folder in known.items():
        for file in sorted(folder.rglob("*.py")):
            inspection.looked_at += 1
            for used in check_file(inspection, name, file, known):
                wanted[used].add(name)
        check_folder(inspection, name, folder)
    for name, users in sorted(wanted.items()):
        if name not in LIBRARIES and not (known[name] / "public.py").exists():
            inspection.found(
                known[name],
                0,
                f"used by {', '.join(sorted(users))}, but without a door: write {name}/public.py, "
                f"which imports what {name} offers and lists it in __all__.",
            )
    return inspection


def check_file(
    inspection: Inspection, context: str, file: Path, known: dict[str, Path]
) -> Iterator[str]:
    """Note the imports of one file that go past a door; gives the other contexts that it uses."""
    inside = file.relative_to(known[context])
    package = ".".join([PACKAGE, context, *inside.parent.parts])
    try:
        found = list(imports_of(file, package))
    except SyntaxError as error:
        inspection.found(file, error.lineno or 0, f"this is not Python: {error.msg}")
        return
    for used in found:
        head, other, *rest = [*used.target.split("."), "", ""]
        if head != PACKAGE or other not in known:
            continue
        if other == context:
            check_file_order(inspection, context, file, used)
            continue
        yield other
        if other in LIBRARIES or rest[0] == "public":
            continue
        here = inside.with_suffix("").parts[0]
        if here == "migrations" and rest[0] == "models":
            continue  # a migration names the class it was written against
        if here in PURE and rest[0] == "rules":
            continue  # plain values for plain Python; the door would bring Django along
        path = ".".join([other, *filter(None, rest)])
        inspection.found(
            file,
            used.line,
            f"{context} reaches into {path} past its door. Import it from {PACKAGE}.{other}.public; "
            f"if the door does not offer it yet, add it to {other}/public.py on purpose.",
        )


def check_file_order(inspection: Inspection, context: str, file: Path, used: Import) -> None:
    """Inside a context too, use goes one way: views → forms → actions → queries → models → rules."""
    _, _, *rest = used.target.split(".")
    inside = file.relative_to(inspection.root / "src" / PACKAGE / context)
    here, there = inside.with_suffix("").parts[0], rest[0] if rest else ""
    if here in FILES and there in FILES and FILES.index(here) > FILES.index(there):
        inspection.found(
            file,
            used.line,
            f"{here} uses {there}, against the order inside a context ({' → '.join(FILES)}). "
            f"Move what both need to the right-hand one of the two.",
        )


def check_folder(inspection: Inspection, context: str, folder: Path) -> None:
    """What a stranger and the other checks rely on: a readme, and packages that are packages."""
    if not (folder / "README.md").exists():
        inspection.found(
            folder,
            0,
            f"{context} has no README.md: one page on what it holds and what its door offers.",
        )
    tables = (folder / "models.py").exists() or (folder / "models").is_dir()
    if tables and not (folder / "migrations" / "__init__.py").exists():
        sentence = (
            "without migrations/__init__.py, `makemigrations --check` passes over these models."
        )
        inspection.found(folder, 0, sentence)
    for place in sorted({file.parent for file in folder.rglob("*.py")}):
        if not (place / "__init__.py").exists():
            inspection.found(
                place,
                0,
                "add an empty __init__.py: without it import-linter does not see this folder.",
            )


# --- The list --------------------------------------------------------------------------------------


def offers(folder: Path) -> dict[str, str]:
    """What a door offers: each public name with the first line of its docstring, where it has one."""
    door = folder / "public.py"
    tree = ast.parse(door.read_text(encoding="utf-8"))
    found = {
        name.asname or name.name: docstring_of(folder, node, name.name)
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module != "__future__"
        for name in node.names
    }
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = first_line(node)
    listed = declared_names(tree)
    return {
        name: found.get(name, "") for name in (listed or sorted(found)) if not name.startswith("_")
    }


def declared_names(tree: ast.Module) -> list[str]:
    """The names in `__all__`, in its order; empty without one."""
    for node in tree.body:
        match node:
            case ast.Assign(
                targets=[ast.Name(id="__all__")], value=ast.List() | ast.Tuple() as names
            ):
                return [str(name.value) for name in names.elts if isinstance(name, ast.Constant)]
    return []


def docstring_of(folder: Path, node: ast.ImportFrom, name: str) -> str:
    """The first docstring line of a name that a door passes on from a file of its own context."""
    dotted = (node.module or "").removeprefix(f"{PACKAGE}.{folder.name}.")
    source = folder.joinpath(*dotted.split("."))
    for file in (source.with_suffix(".py"), source / "__init__.py"):
        if file.exists():
            for child in ast.parse(file.read_text(encoding="utf-8")).body:
                if isinstance(child, ast.FunctionDef | ast.ClassDef) and child.name == name:
                    return first_line(child)
    return ""


def first_line(node: ast.FunctionDef | ast.ClassDef) -> str:
    """The sentence that a function or class begins with."""
    return (ast.get_docstring(node) or "").partition("\n")[0]


def order_of_contexts(root: Path) -> list[str]:
    """The contexts from the top to the bottom, as the contract in `.importlinter` has them."""
    contracts = configparser.ConfigParser()
    contracts.read(root / ".importlinter", encoding="utf-8")
    return re.findall(r"\w+", contracts.get("importlinter:contract:order", "layers"))


def print_list(root: Path = ROOT) -> None:
    """Print every context, from the top of the order to its bottom, and what its door offers."""
    known = contexts(root)
    order = order_of_contexts(root)
    for name in sorted(known, key=lambda name: order.index(name) if name in order else -1):
        print(f"\n{name}  —  {purpose(known[name])}")
        if name in LIBRARIES:
            modules = sorted(file.stem for file in known[name].glob("[!_]*.py"))
            print(f"    open to all: {', '.join(modules)}")
        elif (known[name] / "public.py").exists():
            for offer, sentence in offers(known[name]).items():
                print(f"    {offer:28} {sentence}".rstrip())
        else:
            print("    (no door: nothing else uses it)")


def purpose(folder: Path) -> str:
    """The first sentence of a context's readme that is not its title."""
    readme = folder / "README.md"
    lines = readme.read_text(encoding="utf-8").splitlines() if readme.exists() else []
    return next(
        (line for line in lines if line.strip() and not line.startswith("#")), "no README.md yet"
    )


if __name__ == "__main__":
    if "--list" in sys.argv[1:]:
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `| head` ends it quietly
        print_list()
        sys.exit()
    sys.exit(report("doors", check(), "Python files"))
