"""What can be wrong with an input, as values. A bad row is data, a bad input is a `SangkienError`, a bug keeps
its traceback."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sangkien_cli.lang import Lang, Sentence, phrase, words


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The line a problem lies on, as the user wrote it."""

    line: int  # 1-based
    column: int  # 1-based, in characters
    width: int  # characters to underline, at least 1
    text: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, what, and how to mend it."""

    place: str  # `quota.yaml:42:12`, `a.xlsx [Sheet1] D17`, a path, an option; "" where there is none
    what: Sentence
    fix: Sentence | None = None
    excerpt: Excerpt | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something the user should know that stops nothing."""

    place: str
    what: Sentence


class SangkienError(Exception):
    """The program cannot run on this input: every problem that was found, in the order of the input."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*(f"{problem.place}: {words(problem.what, 'en')}" for problem in problems))
        self.problems = problems


def show_problem(problem: Problem, lang: Lang) -> str:
    """The problem as text: place and sentence, the line with a caret, and how to mend it (contract §8)."""
    head = words(problem.what, lang)
    lines = [f"{problem.place}: {head}" if problem.place else head]
    if problem.excerpt is not None:
        lines += _show_excerpt(problem.excerpt)
    if problem.fix is not None:
        lines.append(f"   {phrase('fix', lang)}: {words(problem.fix, lang)}")
    return "\n".join(lines)


def show_problems(problems: Sequence[Problem], lang: Lang) -> str:
    """All problems, one after another."""
    return "\n".join(show_problem(problem, lang) for problem in problems)


def _show_excerpt(excerpt: Excerpt) -> list[str]:
    gutter = f"{excerpt.line:5} | "
    # A tab is one character to YAML; shown as one blank the caret stands under its character everywhere.
    text = excerpt.text.replace("\t", " ")
    room = max(len(text) - excerpt.column + 1, 1)
    caret = "^" * min(max(excerpt.width, 1), room)
    return [gutter + text, " " * 5 + " | " + " " * (excerpt.column - 1) + caret]
