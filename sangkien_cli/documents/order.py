"""What the orders of all documents have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Protocol, TypeVar

from sangkien_cli.lang import LANGUAGES, Lang
from sangkien_cli.model import ALL, Basis, Config
from sangkien_cli.quotas import on_basis
from sangkien_cli.render.csv import PLAIN, Dialect, excel_dialect

if TYPE_CHECKING:
    from sangkien_cli.pipeline import Counted

T = TypeVar("T")
S = TypeVar("S", bound=str)


class Count(Protocol):
    """Counts what an order is for; `since` as in `pipeline.count`."""

    def __call__(self, config: Config, /, since: date | None = None) -> Counted: ...


def shaping(lang: Lang, format: str, *, excel: bool) -> Lang | None:
    """The language if it shapes the document, None where there are neither words nor Excel's separators."""
    return lang if format not in ("csv", "json") or excel else None


class NotPossibleError(ValueError):
    """An option names something that the quota file does not have, or a value that it cannot have."""

    def __init__(self, option: str, value: object) -> None:
        super().__init__(f"{option}: {value}")
        self.option = option
        self.value = value


@dataclass(frozen=True, slots=True)
class Options:
    """The options that a document's origin holds, taken out one by one."""

    options: Mapping[str, object]
    taken: set[str] = field(default_factory=set, kw_only=True)

    def take(self, name: str, kind: type[T]) -> T | None:
        """An option's value; None if it was not asked for."""
        self.taken.add(name)
        value = self.options.get(name)
        if value is None or (isinstance(value, kind) and isinstance(value, bool) == (kind is bool)):
            return value
        raise NotPossibleError(name, value)

    def one(self, name: str, among: Sequence[S]) -> S | None:
        """The value of an option that takes one of a few."""
        text = self.take(name, str)
        return None if text is None else _found(name, text, among)

    def several(self, name: str, among: Sequence[S]) -> tuple[S, ...]:
        """The values of an option that takes several."""
        return tuple(_found(name, text, among) for text in self.take(name, list) or [])

    def flag(self, name: str) -> bool:
        """Whether an option was asked for."""
        return self.take(name, bool) is True

    def day(self, name: str) -> date | None:
        """A day."""
        text = self.take(name, str)
        try:
            return None if text is None else date.fromisoformat(text)
        except ValueError:
            raise NotPossibleError(name, text) from None

    def nothing_else(self) -> None:
        """Raise NotPossibleError if there are options that this version of the program does not know."""
        for name in self.options:
            if name not in self.taken:
                raise NotPossibleError(name, self.options[name])


@dataclass(frozen=True, slots=True)
class Recorded(Options):
    """Those of a document that a quota file is needed for."""

    config: Config

    def lang(self) -> Lang:
        """The language; of a document that none shapes, whichever."""
        return self.one("lang", LANGUAGES) or self.config.lang

    def phase(self) -> str | None:
        """A phase of the quota file, or ALL."""
        return self.one("phase", [*(each.id for each in self.config.phases), ALL])

    def unit(self) -> str | None:
        """A unit of the quota file."""
        return self.one("unit", [each.id for each in self.config.units])

    def bases(self) -> tuple[str, ...]:
        """Bases of the quota file."""
        return self.several("basis", [each.id for each in self.config.bases])


def _found(name: str, value: object, among: Sequence[S]) -> S:
    for each in among:
        if value == each:
            return each
    raise NotPossibleError(name, value)


def on_bases(config: Config, asked: Sequence[str]) -> tuple[Config, tuple[Basis, ...]]:
    """The quota file on the first basis asked for, and the further ones; their ids are the quota file's."""
    if not asked:
        return config, ()
    first, *others = asked
    return on_basis(config, first), tuple(each for other in others for each in config.bases if each.id == other)


def dialect(lang: Lang, *, excel: bool) -> Dialect:
    """How CSV is written."""
    return excel_dialect(lang) if excel else PLAIN
