"""How a published figure was read from a text, in words."""

from __future__ import annotations

from sangkien_cli.claims import Printed
from sangkien_cli.lang import Lang, phrase, words
from sangkien_cli.prose import Reading

_LONGEST = 300  # letters of a sentence that are shown
_SURENESS = {"sure": "draft.sure", "likely": "draft.likely", "unsure": "draft.unsure"}


def reading_lines(reading: Reading, lang: Lang) -> tuple[str, ...]:
    """The sentence, what was taken for what, how sure that is, and the numbers that were left."""
    text = reading.sentence if len(reading.sentence) <= _LONGEST else f"{reading.sentence[:_LONGEST]}…"
    lines = [f"{reading.place}: “{text}”", f"{taken(reading, lang)}. {sureness(reading, lang)}"]
    if reading.left:
        lines.append(phrase("draft.left", lang, numbers=reading.left))
    return tuple(lines)


def taken(reading: Reading, lang: Lang) -> str:
    """What was taken for what: `count “3.889”, percent “khoảng 76.5%”`."""
    claim = reading.claim
    parts = [
        phrase(key, lang, text=_as_written(printed))
        for key, printed in (("draft.done", claim.done), ("draft.quota", claim.quota))
        if printed is not None
    ]
    if claim.percent is not None:
        key = {"of": "draft.percent", "over": "draft.over", "share": "draft.share"}[claim.kind]
        parts.append(phrase(key, lang, text=f"{_as_written(claim.percent)}%"))
    return ", ".join(parts)


def _as_written(printed: Printed) -> str:
    return printed.text if printed.hedge is None else f"{printed.hedge.text} {printed.text}"


def sureness(reading: Reading, lang: Lang) -> str:
    """How sure a reading is, and why it is no surer."""
    sure = phrase(_SURENESS[reading.sure], lang)
    return sure if reading.why is None else f"{sure}; {words(reading.why, lang)}"
