"""The shape of the code: who may import whom, every sentence in both languages, a command line that starts at once."""

from __future__ import annotations

import ast
import graphlib
import importlib.metadata
import re
import string
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

import sangkien_cli
from sangkien_cli.audit import Verdict
from sangkien_cli.audit.slips import Figure, SlipKind
from sangkien_cli.claims import Kind as ClaimKind
from sangkien_cli.inspection import STYLES
from sangkien_cli.lang import en, vi
from sangkien_cli.model import Field, Flaw, Reason, Rounding, Status
from sangkien_cli.sheets.encoding import Font
from sangkien_cli.sheets.files import Kind
from sangkien_cli.sheets.layout import KINDS

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "sangkien_cli"

# A room imports only from rooms in rows above its own (design.md). Inside a folder its files may import each other.
ROWS = (
    {"lang", "text", "arrays", "samples", "collection", "pace"},
    {"errors", "model", "apportion"},
    {"listed", "nearest", "marks"},
    {"sheets", "columns", "phases", "units", "dedupe", "quotas"},
    {"values", "tree_checks", "unit_lines", "flaws"},
    {"unit_sheets"},
    {"config", "intake", "claims"},
    {"exports", "prose"},
    {"judge"},
    {"tally", "ledger", "fingerprint"},
    {"attain"},
    {"targets", "ranks", "trend", "breakdown", "returns", "audit"},
    {"report", "explain"},
    {"campaigns", "lists", "compare"},
    {"published"},
    {"tables"},
    {"inspection", "spellings", "proposal", "allocation"},
    {"render", "pipeline"},
    {"views"},
    {"documents"},
    {"verify"},
    {"cli"},
    {"__main__"},
)


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the package by its dotted name."""
    return {_name(path): ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(module: str) -> Iterator[str]:
    """The modules of the package that a module imports, wherever in it the import stands."""
    for node in ast.walk(modules()[module]):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: a relative import"
            for alias in node.names:
                submodule = f"{node.module}.{alias.name}"
                found = submodule if submodule in modules() else str(node.module)
                if found in modules() and found != "sangkien_cli":
                    yield found
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules())


def room(module: str) -> str:
    return module.split(".")[1]


def test_every_room_has_its_row() -> None:
    rooms = {room(module) for module in modules() if "." in module}
    assert rooms == {each for row in ROWS for each in row}


@pytest.mark.parametrize("module", [module for module in modules() if "." in module])
def test_a_module_imports_only_from_rows_above_its_own(module: str) -> None:
    row_of = {name: number for number, row in enumerate(ROWS) for name in row}
    below = {
        imported
        for imported in imports(module)
        if room(imported) != room(module) and row_of[room(imported)] >= row_of[room(module)]
    }
    assert below == set()


def test_no_imports_go_in_a_circle() -> None:
    graph = {module: set(imports(module)) - {module} for module in modules()}
    list(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError with the circle


# --- sentences ---


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_both_languages_have_the_same_sentences_with_the_same_blanks() -> None:
    assert en.SENTENCES.keys() == vi.SENTENCES.keys()
    differing = [key for key in en.SENTENCES if placeholders(en.SENTENCES[key]) != placeholders(vi.SENTENCES[key])]
    assert differing == []


def test_no_key_is_written_twice() -> None:
    for module in ("sangkien_cli.lang.en", "sangkien_cli.lang.vi"):
        for node in ast.walk(modules()[module]):
            if isinstance(node, ast.Dict):
                keys = [key.value for key in node.keys if isinstance(key, ast.Constant)]
                assert [key for key in set(keys) if keys.count(key) > 1] == []


def code_modules() -> list[str]:
    return [module for module in modules() if not module.startswith("sangkien_cli.lang")]


def calls(*functions: str) -> Iterator[tuple[str, ast.Call]]:
    """The calls of functions of these names, with the place of each."""
    for module in code_modules():
        for node in ast.walk(modules()[module]):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called in functions:
                    yield f"{module}:{node.lineno}", node


def literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def test_a_sentence_that_is_said_exists_and_its_blanks_are_filled() -> None:
    wrong = []
    for place, call in calls("say", "phrase"):
        key = literal(call.args[0]) if call.args else None
        if key is None:
            continue
        given = {keyword.arg for keyword in call.keywords}
        if key not in en.SENTENCES or (None not in given and placeholders(en.SENTENCES[key]) - given):
            wrong.append(f"{place}: {key}")
    wrong += [
        f"{place}: help.{key}"
        for place, call in calls("help_text")
        if (key := literal(call.args[0])) is not None and f"help.{key}" not in en.SENTENCES
    ]
    assert wrong == []


def texts(module: str) -> Iterator[tuple[int, str]]:
    """The string constants of a module that are no docstrings, with their lines."""
    docstrings = {
        id(node.value)
        for node in ast.walk(modules()[module])
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(modules()[module]):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def test_every_key_in_the_code_exists() -> None:
    groups = {key.partition(".")[0] for key in en.SENTENCES if "." in key}
    like_a_key = re.compile(rf"({'|'.join(sorted(groups))})\.[a-z_.-]*[a-z_]")
    unknown = [
        f"{module}:{line}: {text}"
        for module in code_modules()
        for line, text in texts(module)
        if like_a_key.fullmatch(text) and text not in en.SENTENCES and not text.endswith((".csv", ".txt", ".json"))
    ]
    assert unknown == []


def test_every_sentence_is_used() -> None:
    said = {text for module in code_modules() for _, text in texts(module)}
    said |= {f"help.{literal(call.args[0])}" for _, call in calls("help_text")}
    said |= {f"status.{status}" for status in get_args(Status)} | {f"reason.{reason.value}" for reason in Reason}
    said |= {f"inspect.kind.{kind}" for kind in get_args(Kind)} | {f"layout.{kind}" for kind in KINDS}
    said |= {f"inspect.dates.{style}" for style in STYLES} | {f"file.{font}" for font in get_args(Font)}
    said |= {f"flaw.{flaw}" for flaw in get_args(Flaw)} | {f"audit.verdict.{verdict}" for verdict in get_args(Verdict)}
    said |= {f"audit.rule.{rule}" for rule in get_args(Rounding)} | {f"field.{field}" for field in get_args(Field)}
    said |= {f"audit.figure.{figure}" for figure in get_args(Figure)}
    said |= {f"audit.slip.{slip}" for slip in (*get_args(SlipKind), *get_args(ClaimKind))}
    assert [key for key in en.SENTENCES if key not in said and key.removesuffix(".fix") not in said] == []


# Texts with two words that no user reads as a sentence, or that are never localised (contract §5), and why.
NO_SENTENCES = {
    "sangkien_cli.sheets.html": {"<!doctype html"},
    "sangkien_cli.sheets.limits": {"--limit cells="},
    "sangkien_cli.cli.units": {"sangkien units --learn "},
    "sangkien_cli.config.edit": {"\\ No newline at end of file\n"},  # as `diff -u` says it
    "sangkien_cli.cli.main": {"Missing command", "No such command", "Got unexpected extra"},  # Typer's, recognised
    "sangkien_cli.sheets.csv": {"unclosed quote", " fields instead of "},  # the ledger's
    "sangkien_cli.render.report_html": {"@media print { @page { size: A4 landscape; } }\n"},  # CSS
    "sangkien_cli.sheets.csv_records": {"unexpected end of data"},  # csv's, recognised
}


def test_no_sentence_stands_outside_lang() -> None:
    two_words = re.compile(r"(?<![\w\\(\[])[A-Za-zÀ-ỹ]{2,} [a-zà-ỹ]{2,}")
    # Names of units and columns, forms of dates, labels of totals; what PyYAML says, recognised; the schema's
    # descriptions, which editors show in English.
    skipped = {"sangkien_cli.text", "sangkien_cli.phases", "sangkien_cli.sheets.layout", "sangkien_cli.nearest.names",
               "sangkien_cli.config.schema", "sangkien_cli.marks", "sangkien_cli.columns",
               "sangkien_cli.values", "sangkien_cli.sheets.labels", "sangkien_cli.sheets.unit_headers",
               "sangkien_cli.proposal.words", "sangkien_cli.prose.words", "sangkien_cli.claims.numbers",
               "sangkien_cli.claims.tabled", "sangkien_cli.claims.entry", "sangkien_cli.published"}  # fmt: skip
    found = [
        f"{module}:{line}: {text}"
        for module in code_modules()
        if module not in skipped
        for line, text in texts(module)
        if two_words.search(text) and text not in NO_SENTENCES.get(module, set())
    ]
    assert found == []


# --- start-up ---


@pytest.mark.parametrize(
    "program",
    [
        "import sangkien_cli.cli",
        "from sangkien_cli.cli.main import run; run(['calc', '149', '44'])",
        "from sangkien_cli.cli.main import run; run(['--help'])",
    ],
)
def test_help_and_calc_load_nothing_heavy(program: str) -> None:
    heavy = ["pandas", "numpy", "pyarrow", "xlrd", "msoffcrypto", "openpyxl", "pydantic", "yaml", "rich", "rapidfuzz"]
    asked = f"{program}\nimport sys; print('loaded:', *[name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "loaded:"


def test_the_package_and_its_metadata_have_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["hatch"]["version"]["path"] == "sangkien_cli/__init__.py"
    assert importlib.metadata.version("sangkien-cli") == sangkien_cli.__version__


def test_every_dependency_is_used_and_every_use_is_a_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["charts"]]
    declared = {re.split(r"[<>=~! \[]", name)[0].lower() for name in asked}
    by_module = {"yaml": "pyyaml", "pydantic_core": "pydantic", "msoffcrypto": "msoffcrypto-tool"}
    by_module["docx"] = "python-docx"
    imported = set()
    for tree in modules().values():
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            imported |= {name.partition(".")[0] for name in names}
    outside = {by_module.get(name, name) for name in imported - sys.stdlib_module_names - {"sangkien_cli"}}
    # pyarrow brings NumPy's arrays, pandas reads nothing here but is the customer's choice; tzdata has no import.
    assert outside - declared <= {"numpy"}
    assert declared - outside <= {"tzdata", "pandas"}
