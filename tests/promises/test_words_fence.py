"""Numbers that a person reads are written by `active_edge.words` and by nothing else."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "active_edge"
HOME = "words.py"
QUOTES = {"filings/debt_tables.py": "puts a cell's own text together again for the reader of interest rates"}
"""Files that write a number which no person reads, and why."""


def own_numbers(code: str) -> list[tuple[int, str]]:
    """Line and reason of everything in `code` that turns a number into text by itself."""
    return [(getattr(node, "lineno", 0), reason) for node in ast.walk(ast.parse(code)) for reason in reasons(node)]


def reasons(node: ast.AST) -> list[str]:
    if isinstance(node, ast.JoinedStr):
        parts = list(zip(node.values, [*node.values[1:], None], strict=True))
        return [
            "a percent sign after a value"
            for part, after in parts
            if isinstance(part, ast.FormattedValue)
            and text_of(after).lstrip().startswith("%")
            and text_of(part.format_spec) != "g"
        ]
    if isinstance(node, ast.FormattedValue):
        return [f"the format {spec!r}" for spec in [text_of(node.format_spec)] if decides_digits(spec)]
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        given = [text_of(argument) for argument in node.args]
        if name == "replace" and given[:1] == ["-"] and "−" in "".join(given[1:]):
            return ["a minus put in afterwards"]
        if name == "format" and any(decides_digits(text) for text in given[1:]):
            return ["format() with digits"]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and "%" in text_of(node.left):
        return ["the operator % on text"]
    return []


def text_of(node: ast.AST | None) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join("0" if isinstance(part, ast.FormattedValue) else text_of(part) for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def decides_digits(spec: str) -> bool:
    """Percent, a fixed number of decimals, or a sign; `g` quotes a given value and is for errors, `%Y` is for dates."""
    return "%" not in spec[:-1] and (spec.endswith(("%", "f", "e")) or "+" in spec)


def test_every_number_is_written_by_words():
    found = {
        f"{path.relative_to(SOURCE)}:{line}": reason
        for path in sorted(SOURCE.rglob("*.py"))
        if (name := path.relative_to(SOURCE).as_posix()) != HOME and name not in QUOTES
        for line, reason in own_numbers(path.read_text(encoding="utf-8"))
    }
    assert found == {}


def test_files_that_are_let_off_still_need_it():
    assert all(own_numbers((SOURCE / name).read_text(encoding="utf-8")) for name in QUOTES)


@pytest.mark.parametrize(
    "planted",
    [
        'f"{value * 100:.1f} %"',
        'f"{share:.0%} of them"',
        'f"{share:>8.1%}"',
        'f"{change:+.2f}"',
        'f"{t:.2f}"',
        'f"{x:.{digits}f}"',
        'f"{number} % of them"',
        'f"{x}".replace("-", "−")',
        'format(x, ".1%")',
        '"%.1f" % x',
    ],
)
def test_a_planted_number_is_found(planted):
    assert own_numbers(planted)


@pytest.mark.parametrize(
    "fair",
    [
        'f"{day:%Y-%m-%d}"',
        'f"{n:,} of {m:>6}"',
        'f"{low:g}"',
        'f"write {x / 100:g} for {x:g} %"',
        'cik.replace("-", "")',
    ],
)
def test_dates_counts_and_quotes_are_let_pass(fair):
    assert own_numbers(fair) == []
