"""The nearest of some names to one that was not found: suggestions only, never a match."""

from __future__ import annotations

from collections.abc import Sequence

from sangkien_cli.text import fold, without_accents

_CUTOFF = 75  # of 100; below it a suggestion helps nobody
# What nearly every unit's name begins with says nothing about which unit it is.
_COMMON = tuple(without_accents(fold(text)) for text in ("Liên đoàn Lao động", "Công đoàn cơ sở", "Công đoàn"))


class Names:
    """Names to be suggested from."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._plain = [_telling(name) for name in names]

    def nearest(self, text: str, most: int = 3) -> tuple[str, ...]:
        """The names most like the text, best first, at most `most`.

        Likeness is RapidFuzz's ratio of the folded names without accents; equal likeness keeps the given order.
        """
        # Loaded here: a run in which every name is known needs no distances.
        from rapidfuzz import fuzz, process

        found = process.extract(
            _telling(text), self._plain, scorer=fuzz.ratio, processor=None, limit=most, score_cutoff=_CUTOFF
        )
        best = sorted(found, key=lambda match: (-match[1], match[2]))
        return tuple(dict.fromkeys(self._names[position] for _, _, position in best))


def nearest(text: str, names: Sequence[str], most: int = 3) -> tuple[str, ...]:
    """`Names(names).nearest(text, most)`, for a single question."""
    return Names(names).nearest(text, most)


def _telling(name: str) -> str:
    plain = without_accents(fold(name))
    for common in _COMMON:
        if plain.startswith(f"{common} "):
            return plain.removeprefix(common).strip()
    return plain
