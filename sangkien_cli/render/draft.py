"""The claims found in a text as a claims file (contract §7) that a person confirms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from textwrap import wrap

from sangkien_cli.claims.model import Printed
from sangkien_cli.lang import Lang, phrase
from sangkien_cli.prose import Reading
from sangkien_cli.render.proposal import scalar
from sangkien_cli.tables.readings import sureness, taken
from sangkien_cli.text import tidy

_WIDTH = 100
_LONGEST = 900  # letters of a sentence that are shown
_UNPRINTABLE = re.compile("[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def render_draft(readings: Sequence[Reading], lang: Lang) -> str:
    """A claims file in YAML: what is sure or likely as claims, what is not as claims behind `# `.

    Comments begin with `## `, so deleting `# ` at the beginning of lines turns what is unsure into claims.
    """
    lines = [*_remark(phrase("draft.head", lang, claims=len(readings)), "")]
    if any(reading.sure == "unsure" for reading in readings):
        lines += _remark(phrase("draft.how", lang), "")
    lines.append("claims:" if readings else "claims: []")
    for reading in readings:
        lines += ["", *_claim(reading, lang)]
    return "\n".join(lines) + "\n"


def _claim(reading: Reading, lang: Lang) -> Iterator[str]:
    yield from _remark(f"{reading.place}: {_short(reading.sentence)}", "  ")
    yield from _remark(taken(reading, lang), "  ")
    yield from _remark(sureness(reading, lang), "  ")
    if reading.left:
        yield from _remark(phrase("draft.left", lang, numbers=reading.left), "  ")
    out = "# " if reading.sure == "unsure" else ""
    for number, (key, value) in enumerate(_entries(reading)):
        yield f"{out}  {'- ' if number == 0 else '  '}{key}: {value}"


def _entries(reading: Reading) -> Iterator[tuple[str, str]]:
    claim = reading.claim
    yield "id", _scalar(claim.id)
    for key, text in (("unit", claim.unit), ("phase", claim.phase)):
        if text:
            yield key, _scalar(text)
    if claim.as_of is not None:
        yield "as_of", claim.as_of.isoformat()
    for key, printed in (("done", claim.done), ("quota", claim.quota)):
        if printed is not None:
            number = _plain(printed)
            yield key, number if printed.hedge is None else _scalar(f"{printed.hedge.text} {number}")
    if claim.percent is not None:
        yield "percent", _plain(claim.percent)
    yield "kind", claim.kind
    if claim.percent is not None and claim.percent.hedge is not None:
        yield "word", _scalar(claim.percent.hedge.text)
    if claim.source:
        yield "source", _scalar(claim.source)


def _plain(printed: Printed) -> str:
    """The number with all its decimals, dot decimal: `76.50`.

    >>> from fractions import Fraction
    >>> _plain(Printed("1.278", Fraction(1278))), _plain(Printed("76,50", Fraction(153, 2), 2))
    ('1278', '76.50')
    """
    scaled = printed.value * 10**printed.decimals
    digits = str(scaled.numerator // scaled.denominator).rjust(printed.decimals + 1, "0")
    return digits if printed.decimals == 0 else f"{digits[: -printed.decimals]}.{digits[-printed.decimals :]}"


def _scalar(text: str) -> str:
    return scalar(_safe(text))


def _safe(text: str) -> str:
    return _UNPRINTABLE.sub("?", tidy(text))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + " …"


def _remark(text: str, indent: str) -> list[str]:
    start = f"{indent}## "
    return wrap(_safe(text), _WIDTH, initial_indent=start, subsequent_indent=start, break_on_hyphens=False) or []
