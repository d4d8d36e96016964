"""Questions put to the person at the terminal: a number or a text, Enter for the best guess, Ctrl-C to stop."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import TypeVar

from rich.console import Console
from rich.prompt import InvalidResponse, PromptBase
from rich.text import Text

from sangkien_cli.cli.options import as_of_date
from sangkien_cli.errors import SangkienError
from sangkien_cli.lang import Lang, Sentence, day, phrase, words
from sangkien_cli.proposal.model import Choice

T = TypeVar("T")


class Person:
    """Somebody who answers on the terminal. What is asked stands on standard error."""

    def __init__(self, lang: Lang, console: Console | None = None) -> None:
        self.answers = True  # until the end of input: from then on nothing is asked, every guess is the best one
        self.lang: Lang = lang
        self.console = console or Console(stderr=True, highlight=False, soft_wrap=True)

    def choose(self, what: Sentence, choices: Sequence[Choice], best: int) -> int:
        """One of the choices, by its number."""
        if not self.answers:
            return best
        self._list(what, choices)
        return self._ask(
            "init.ask.number", str(best + 1), lambda typed: _number(typed, len(choices)), "init.bad.number"
        )

    def several(self, what: Sentence, choices: Sequence[Choice], best: Collection[int]) -> Collection[int]:
        """Some of the choices, by their numbers; 0 for none."""
        if not self.answers:
            return best
        self._list(what, choices)
        guess = " ".join(str(at + 1) for at in sorted(best)) or "0"
        return self._ask("init.ask.numbers", guess, lambda typed: _numbers(typed, len(choices)), "init.bad.numbers")

    def text(self, what: Sentence, best: str) -> str:
        """A text."""
        if not self.answers:
            return best
        self._say(what)
        return self._ask("init.ask.text", best, lambda typed: typed.strip() or None, "init.bad.text")

    def day(self, what: Sentence, best: date, least: date | None) -> date:
        """A day, not before `least`."""
        if not self.answers:
            return best
        self._say(what)

        def read(typed: str) -> date | None:
            try:
                found = as_of_date(typed)
            except SangkienError:
                return None
            return found if found and (least is None or found >= least) else None

        return self._ask("init.ask.day", day(best, self.lang), read, "init.bad.day")

    def _list(self, what: Sentence, choices: Sequence[Choice]) -> None:
        self._say(what)
        for number, choice in enumerate(choices, start=1):
            text = words(choice, self.lang) if isinstance(choice, Sentence) else choice
            self.console.print(Text(f"  {number:2}  {text}"))

    def _say(self, what: Sentence) -> None:
        self.console.print()
        self.console.print(Text(words(what, self.lang), style="bold"))

    def _ask(self, key: str, best: str, read: Callable[[str], T | None], wrong: str) -> T:
        prompt = Text(phrase(key, self.lang, best=best))
        refused = Text(phrase(wrong, self.lang))

        class _Prompt(PromptBase[object]):
            prompt_suffix = " "

            def process_response(self, value: str) -> object:
                found = read(value)
                if found is None:
                    raise InvalidResponse(refused)
                return found

        guess = read(best)
        assert guess is not None
        try:
            answer = _Prompt.ask(prompt, console=self.console, default=guess, show_default=False)
        except EOFError:  # Ctrl-D
            self.answers = False
            self.console.print()
            return guess
        return answer  # type: ignore[return-value]


def _number(typed: str, most: int) -> int | None:
    text = typed.strip()
    return int(text) - 1 if re.fullmatch("[0-9]{1,4}", text) and 1 <= int(text) <= most else None


def _numbers(typed: str, most: int) -> frozenset[int] | None:
    texts = re.split(r"[\s,;]+", typed.strip())
    if texts == ["0"]:
        return frozenset()
    found = [_number(text, most) for text in texts]
    return None if None in found else frozenset(at for at in found if at is not None)
