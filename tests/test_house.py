"""The rules of the house, held over the syntax trees: who may import whom, and what stays out of which room.

Each rule is a function from a source text to the violations in it, so that each is seen to fail on a
planted one.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PAGES = "app_pages"

# Room: what it may import, itself and the standard library apart. Only what stands above it is in its list.
MAY_IMPORT: dict[str, frozenset[str]] = {
    "activations": frozenset({"numpy"}),
    "lessons": frozenset(),
    "figures": frozenset({"activations", "numpy", "plotly"}),
    # Babel reads the .po files, latex2mathml and orjson turn what the core computed into what the browser shows,
    # and Starlette, which Streamlit stands on, answers for films.
    "ui": frozenset({"activations", "figures", "lessons", "streamlit", "babel", "latex2mathml", "orjson", "starlette"}),
    # Neither NumPy nor Plotly: no mathematics and no figure building on a page.
    PAGES: frozenset({"activations", "lessons", "figures", "ui", "streamlit"}),
    "app.py": frozenset({"activations", PAGES, "ui", "streamlit"}),
}
DOCUMENTED = ("activations", "figures")  # the rooms that are a library to others
MATHEMATICS = (ast.Mult, ast.MatMult, ast.Div, ast.FloorDiv, ast.Pow)
LONGEST_STRING = 40  # a key or an address is shorter, a sentence is longer

SKIPPED = {".git", ".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", "__pycache__", "shots"}
TEXT = {"", ".cfg", ".css", ".csv", ".html", ".ini", ".js", ".json", ".md", ".po", ".py", ".toml", ".txt", ".yml"}
NOT_OURS = {
    "a path of one machine": re.compile(r"(?<![\w.~])/(?:root|home|Users|work|opt|srv|usr/local)/|\b[A-Z]:\\Users\\"),
    "the host of a registry": re.compile(
        r"pypi\.org|pythonhosted\.org|registry\.npmjs\.org|npmmirror\.com|\bdeb\.debian\.org|--(?:extra-)?index-url"
    ),
}
NOT_IN_THE_BROWSER = {
    "mathematics, which is the core's": re.compile(r"\bMath\.(?:exp|log|tanh|sinh|cosh|pow|sqrt)"),
    "text read as HTML": re.compile(r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|document\.write)\b"),
    "text read as a program": re.compile(r"\beval\s*\(|\bnew Function\b"),
}
# White words on the dark theme's accent have a contrast of 2.3; see .streamlit/config.toml.
UNREADABLE = {"a primary button": re.compile(r"""type\s*=\s*["']primary["']""")}


def imports(source: str, room: str) -> Iterator[str]:
    """What this file of `room` imports and may not."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""] if node.level == 0 else []  # a relative import stays in its room
        else:
            continue
        for name in names:
            top = name.partition(".")[0]
            if top != room and top not in sys.stdlib_module_names and top not in MAY_IMPORT[room]:
                yield f"line {node.lineno}: {room} may not import {name}"


def arithmetic_and_prose(source: str) -> Iterator[str]:
    """What a page holds of mathematics and of words."""
    tree = ast.parse(source)
    docstrings = {id(node.body[0].value) for node in ast.walk(tree) if _has_docstring(node)}
    for node in ast.walk(tree):
        if isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, MATHEMATICS):
            yield f"line {node.lineno}: arithmetic; it belongs into the core"
        elif isinstance(node, ast.Constant) and id(node) not in docstrings and len(str(node.value)) > LONGEST_STRING:
            yield f"line {node.lineno}: prose; it belongs into a lesson or a .po file: {str(node.value)[:30]!r}…"


def undocumented(source: str) -> Iterator[str]:
    """The public functions and classes without a docstring."""
    for node in ast.parse(source).body:
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        if not node.name.startswith("_") and ast.get_docstring(node) is None:
            yield f"line {node.lineno}: {node.name} has no docstring"


def names(patterns: dict[str, re.Pattern[str]]) -> Callable[[str], Iterator[str]]:
    """A rule that finds the lines in which one of `patterns` occurs."""

    def rule(source: str) -> Iterator[str]:
        for number, line in enumerate(source.splitlines(), start=1):
            for what, pattern in patterns.items():
                if pattern.search(line):
                    yield f"line {number}: {what}: {line.strip()[:80]}"

    return rule


def _has_docstring(node: ast.AST) -> bool:
    is_documented = isinstance(node, (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    return is_documented and ast.get_docstring(node, clean=False) is not None


def _files(room: str, *suffixes: str) -> list[Path]:
    path = ROOT / room
    if path.is_file():
        return [path]
    return sorted(file for file in path.rglob("*") if file.suffix in suffixes and file.is_file())


def _everything() -> list[Path]:
    files = (file for file in ROOT.rglob("*") if not SKIPPED.intersection(file.relative_to(ROOT).parts))
    return sorted(file for file in files if file.suffix in TEXT and file.is_file())


def _violations(files: list[Path], rule: Callable[[str], Iterator[str]]) -> list[str]:
    return [
        f"{file.relative_to(ROOT)}, {found}"
        for file in files
        for found in rule(file.read_text(encoding="utf-8", errors="replace"))
    ]


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_imports_point_one_way(room: str) -> None:
    assert _violations(_files(room, ".py"), lambda source: imports(source, room)) == []


def test_pages_hold_no_mathematics_and_no_prose() -> None:
    assert _violations(_files(PAGES, ".py"), arithmetic_and_prose) == []


def test_the_library_is_documented() -> None:
    assert _violations([file for room in DOCUMENTED for file in _files(room, ".py")], undocumented) == []


def test_the_browser_computes_nothing_and_reads_no_html() -> None:
    assert _violations(_files("ui", ".js", ".mjs", ".html", ".py"), names(NOT_IN_THE_BROWSER)) == []


def test_no_button_is_unreadable() -> None:
    assert _violations(_files("ui", ".py") + _files(PAGES, ".py"), names(UNREADABLE)) == []


def test_nothing_names_a_machine_or_a_registry() -> None:
    assert _violations(_everything(), names(NOT_OURS)) == []


def test_the_files_are_found() -> None:
    # Rules over no files would pass whatever the files hold.
    assert all(_files(room, ".py") for room in MAY_IMPORT)
    assert {ROOT / "Makefile", Path(__file__), ROOT / "activations" / "__init__.py"} <= set(_everything())


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("activations", "import scipy"),
        ("activations", "from lessons import read"),
        ("activations", "def f():\n    import streamlit"),
        ("lessons", "import numpy as np"),
        ("figures", "import streamlit as st"),
        ("figures", "from ui.state import State"),
        ("ui", f"from {PAGES} import gallery"),
        (PAGES, "import numpy.linalg"),
        (PAGES, "import plotly.graph_objects as go"),
        ("app.py", "import figures"),
    ],
)
def test_a_wrong_import_is_seen(room: str, source: str) -> None:
    assert len(list(imports(source, room))) == 1


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("activations", "import math, numpy as np\nfrom activations.base import Facts\nfrom . import errors"),
        ("figures", "from plotly import graph_objects as go"),
        (PAGES, "import activations, figures, ui\nimport streamlit as st"),
    ],
)
def test_a_right_import_passes(room: str, source: str) -> None:
    assert list(imports(source, room)) == []


@pytest.mark.parametrize(
    "source",
    ["y = x * 2.0", "y = x / 3", "x **= 2", f"st.write('{'word ' * 9}')", f"st.write(f'{'word ' * 9}{{x}}')"],
)
def test_mathematics_and_prose_on_a_page_are_seen(source: str) -> None:
    assert len(list(arithmetic_and_prose(source))) == 1


def test_docstrings_and_keys_on_a_page_pass() -> None:
    source = f'"""{"word " * 20}"""\nst.title(_("sigmoid.title"))\nfirst = index + 1'
    assert list(arithmetic_and_prose(source)) == []


def test_a_missing_docstring_is_seen() -> None:
    assert len(list(undocumented("def shown(): ...\ndef _hidden(): ...\nclass Shown: ..."))) == 2


@pytest.mark.parametrize(
    ("patterns", "line"),
    [
        (NOT_IN_THE_BROWSER, "const y = Math.exp(-x)"),
        (NOT_IN_THE_BROWSER, "box.inner" + "HTML = words"),
        (UNREADABLE, "st.button(_('reset'), type='primary')"),
        (NOT_OURS, "path = '" + "/" + "home/someone/lab'"),
        (NOT_OURS, "pip install --index" + "-url x"),
        (NOT_OURS, "https://" + "pypi" + ".org/simple"),
    ],
)
def test_a_forbidden_line_is_seen(patterns: dict[str, re.Pattern[str]], line: str) -> None:
    assert len(list(names(patterns)(line))) == 1
    assert list(names(patterns)("https://example.org/work/a.html, Math.round(x), #!/usr/bin/env bash")) == []
