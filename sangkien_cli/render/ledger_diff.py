"""What differs between two ledgers as text, as JSON (schema `sangkien.diff/1`) and as CSV.

JSON and CSV are never localised, and hold every differing row; text shows a few of each kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sangkien_cli.compare.ledger_files import LedgerFile
from sangkien_cli.compare.ledgers import (
    ABSENT,
    COUNTED,
    Differing,
    Effect,
    LedgerChanges,
    Line,
    Looked,
    Move,
    Outline,
)
from sangkien_cli.lang import Lang, day, phrase, whole
from sangkien_cli.ledger import LAYOUT
from sangkien_cli.model import ALL, Config, Reason
from sangkien_cli.render.columns import GAP, right, table_row, widest, wrapped
from sangkien_cli.render.csv import Dialect
from sangkien_cli.render.document import TOOL, compact, config_entry, document, listed
from sangkien_cli.render.text import PLAIN, Page, bold
from sangkien_cli.sheets.layout import KINDS
from sangkien_cli.text import no_formula, tidy

SCHEMA = "sangkien.diff/1"
_ROWS_SHOWN = 5  # of each move
_UNITS_SHOWN = 40  # of each phase
_LEAST_NAME = 24
_REASONS = {reason.value for reason in Reason}
_SIDES = ("then", "now")


@dataclass(frozen=True, slots=True, eq=False)
class Diff:
    """Two ledgers beside each other, and what was asked for."""

    then: LedgerFile
    now: LedgerFile
    changes: LedgerChanges
    known: Outline
    config: Config | None = None  # that the outline is of
    unit: str | None = None  # the options as typed
    why: str | None = None


# --- for people --------------------------------------------------------------------------------------------------


def render_diff_text(diff: Diff, command: str, lang: Lang, page: Page = PLAIN) -> str:
    """The numbers of rows, from which verdict to which they went, what that did to done, and a few of the rows.

    `command` prints all of them.
    """
    changes = diff.changes
    blocks = [list(_heading(diff, lang, page)), list(_balance(changes, lang, page))]
    if not changes.alike:
        blocks += [_moves(changes, lang, page), *_effects(diff, lang, page), *_rows(diff, lang, page)]
        blocks.append(wrapped(phrase("diff.all", lang, command=command), page.width, more=GAP))
    return "\n\n".join("\n".join(line.rstrip() for line in block) for block in blocks) + "\n"


def _heading(diff: Diff, lang: Lang, page: Page) -> Iterator[str]:
    yield bold(phrase("diff.title", lang), page)
    for key, file, looked in (
        ("diff.then", diff.then, diff.changes.then),
        ("diff.now", diff.now, diff.changes.now),
    ):
        text = phrase(key, lang, file=str(file.path), rows=looked.rows, counted=looked.counted)
        yield from wrapped(text, page.width, GAP, GAP * 2)
    only = [tidy(diff.known.units.get(each, each)) for each in (diff.unit,) if each is not None]
    only += [_verdict(each, lang) for each in (diff.why,) if each is not None]
    if only:
        yield from wrapped(phrase("diff.only", lang, what=tuple(only)), page.width, GAP, GAP * 2)


def _balance(changes: LedgerChanges, lang: Lang, page: Page) -> Iterator[str]:
    if changes.alike:
        yield from wrapped(phrase("diff.alike", lang, rows=changes.same), page.width)
    else:
        numbers = {"same": changes.same, "changed": changes.changed, "gone": changes.gone, "new": changes.new}
        yield from wrapped(phrase("diff.balance", lang, **numbers), page.width)
    if changes.elsewhere:
        yield from wrapped(phrase("diff.elsewhere", lang, rows=changes.elsewhere), page.width)
    if not changes.alike and changes.matched_by != "code":
        note = phrase("compare.note.by_place" if changes.matched_by == "place" else "diff.typed", lang)
        yield from wrapped(note, page.width)


def _moves(changes: LedgerChanges, lang: Lang, page: Page) -> list[str]:
    numbers = [whole(move.rows, lang) for move in changes.moves]
    width = widest(numbers)
    lines = [bold(phrase("diff.moves", lang), page)]
    for number, move in zip(numbers, changes.moves, strict=True):
        lines += wrapped(_move(move, lang), page.width, f"{GAP}{right(number, width)}{GAP}", " " * (width + 6))
    return lines


def _move(move: Move, lang: Lang) -> str:
    if move.fields:
        names = tuple(phrase(_FIELDS[name], lang) for name in move.fields)
        return phrase("diff.kept", lang, verdict=_verdict(move.then, lang), fields=names)
    if move.then == ABSENT:
        return phrase("diff.move", lang, then=phrase("diff.new", lang), now=_verdict(move.now, lang))
    return phrase("diff.move", lang, then=_verdict(move.then, lang), now=_verdict(move.now, lang))


_FIELDS = {
    "unit": "diff.field.unit",
    "phase": "diff.field.phase",
    "submitted": "diff.field.submitted",
    "count": "diff.field.count",
    "code": "diff.field.code",
    "detail": "diff.field.detail",
}


def _verdict(verdict: str, lang: Lang) -> str:
    if verdict in _REASONS:
        return phrase(f"reason.{verdict}", lang)
    key = {COUNTED: "diff.counted", LAYOUT: "diff.layout", ABSENT: "diff.gone"}.get(verdict)
    return tidy(verdict) if key is None else phrase(key, lang)


def _effects(diff: Diff, lang: Lang, page: Page) -> Iterator[list[str]]:
    """A table for each phase; one for the whole programme where several are concerned."""
    by_phase: dict[str, list[Effect]] = {}
    for each in diff.changes.effects:
        by_phase.setdefault(each.phase, []).append(each)
    if len(by_phase) == 2:  # one phase, and the same figures for all
        by_phase.pop(ALL, None)
    for phase, effects in by_phase.items():
        yield _effect_table(diff, phase, effects, lang, page)
    if by_phase and not diff.known.units:
        yield wrapped(phrase("diff.own_rows", lang), page.width, more=GAP)


def _effect_table(diff: Diff, phase: str, effects: Sequence[Effect], lang: Lang, page: Page) -> list[str]:
    name = phrase("report.all", lang) if phase == ALL else tidy(_named(diff.known.phases, phase))
    shown = _upper(effects, diff.known)
    rows = [[tidy(_named(diff.known.units, each.unit)), *_figures(each, lang)] for each in shown]
    head = [phrase("column.unit", lang), phrase("diff.column.lost", lang), phrase("diff.column.gained", lang)]
    if shown[0].then is not None:
        head = [head[0], phrase("diff.column.then", lang), *head[1:], phrase("diff.column.now", lang)]
    depths = [len(list(diff.known.lineage(each.unit))) for each in shown]
    indents = [GAP * (depth - min(depths)) for depth in depths]
    columns = list(zip(head, *rows, strict=True))
    figures = [widest(column) for column in columns[1:]]
    names = [indent + row[0] for indent, row in zip(indents, rows, strict=True)]
    room = page.width - sum(figures) - len(figures) * len(GAP)
    widths = [max(min(widest([head[0], *names]), room), _LEAST_NAME), *figures]
    lines = [bold(phrase("diff.done", lang, phase=name), page), *table_row(head, widths)]
    for indent, row in zip(indents, rows, strict=True):
        lines += table_row(row, widths, indent=indent)
    if len(effects) > len(shown):
        lines.append(phrase("compare.more", lang, more=len(effects) - len(shown)))
    return lines


def _upper(effects: Sequence[Effect], known: Outline) -> Sequence[Effect]:
    """As many as are shown: where they are too many, those of the lower levels make way first."""
    depths = {each.unit: len(list(known.lineage(each.unit))) for each in effects}
    for least in sorted(set(depths.values()), reverse=True):
        upper = [each for each in effects if depths[each.unit] <= least]
        if len(upper) <= _UNITS_SHOWN:
            return upper
    return upper[:_UNITS_SHOWN]


def _figures(effect: Effect, lang: Lang) -> list[str]:
    lost, gained = (sum(each.values()) for each in (effect.lost, effect.gained))
    texts = [f"−{whole(lost, lang)}" if lost else "", f"+{whole(gained, lang)}" if gained else ""]
    if effect.then is None or effect.now is None:
        return texts
    return [whole(effect.then, lang), *texts, whole(effect.now, lang)]


def _rows(diff: Diff, lang: Lang, page: Page) -> Iterator[list[str]]:
    for number, move in enumerate(diff.changes.moves):
        lines = [bold(line, page) for line in wrapped(_move(move, lang), page.width)]
        for each in diff.changes.differing(number, _ROWS_SHOWN):
            lines += wrapped(_row(each, diff.known, lang), page.width, GAP, GAP * 2)
        if move.rows > _ROWS_SHOWN:
            lines.append(GAP + phrase("compare.more", lang, more=move.rows - _ROWS_SHOWN))
        yield lines


def _row(each: Differing, known: Outline, lang: Lang) -> str:
    """Code and place; what it counts for, an arrow where that differs; what its verdict rests on."""
    then, now = each.then or each.now, each.now or each.then
    assert then is not None
    assert now is not None
    code = _arrow(then.code, now.code) if "code" in each.fields else tidy(now.code)
    text = f"{code} ({tidy(then.place)})" if code else tidy(then.place)
    if now.place != then.place:
        text = phrase("compare.now_at", lang, text=text, place=tidy(now.place))
    facts = [
        _units(then.unit, now.unit, known),
        _arrow(_named(known.phases, then.phase), _named(known.phases, now.phase)),
    ]
    if "submitted" in each.fields:
        facts.append(_arrow(_day(then.submitted, lang), _day(now.submitted, lang)))
    if "count" in each.fields:
        facts.append(_arrow(_number(then.count, lang), _number(now.count, lang)))
    if facts := [fact for fact in facts if fact]:
        text = f"{text} – {', '.join(facts)}"
    details = _arrow(_detail(then, lang), _detail(now, lang))
    return f"{text}: {details}" if details else text


def _units(then: str, now: str, known: Outline) -> str:
    """The unit, with its id where two have one name."""
    before, after = _named(known.units, then), _named(known.units, now)
    return (
        _arrow(f"{before} ({then})", f"{after} ({now})") if before == after and then != now else _arrow(before, after)
    )


def _day(text: str, lang: Lang) -> str:
    try:
        return day(date.fromisoformat(text), lang)
    except ValueError:  # none, or made up by hand
        return text


def _number(number: int | None, lang: Lang) -> str:
    return "" if number is None else whole(number, lang)


def _arrow(then: str, now: str) -> str:
    """What was and what is; one of them alone where they are equal, or only one is known."""
    then, now = tidy(then), tidy(now)
    return f"{then} → {now}" if then and now and then != now else now or then


def _named(names: Mapping[str, str], each: str) -> str:
    return names.get(each, each)


def _detail(line: Line, lang: Lang) -> str:
    is_kind = line.reason == LAYOUT and line.detail in KINDS
    return phrase(f"layout.{line.detail}", lang).rstrip(":") if is_kind else line.detail


# --- for programs ------------------------------------------------------------------------------------------------


def render_diff_json(diff: Diff) -> str:
    """Everything that differs, one row per line."""
    changes = diff.changes
    only = {name: each for name, each in (("unit", diff.unit), ("why", diff.why)) if each is not None}
    numbers = {
        "same": changes.same,
        "elsewhere": changes.elsewhere,
        "changed": changes.changed,
        "gone": changes.gone,
        "new": changes.new,
    }
    return document(
        {
            "schema": compact(SCHEMA),
            "then": compact(_file(diff.then, changes.then)),
            "now": compact(_file(diff.now, changes.now)),
            **({"only": compact(only)} if only else {}),
            "matched_by": compact(changes.matched_by),
            "rows": compact(numbers),
            "moves": listed(
                {"then": each.then, "now": each.now, "fields": list(each.fields), "rows": each.rows}
                for each in changes.moves
            ),
            "units": listed(map(_effect, changes.effects)),
            "differing": listed(map(_entry, changes.differing())),
            **({} if diff.config is None else {"config": compact(config_entry(diff.config))}),
            "tool": TOOL,
        }
    )


def _file(ledger: LedgerFile, looked: Looked) -> Mapping[str, object]:
    return {"path": ledger.path.name, "sha256": ledger.sha256, "rows": looked.rows, "counted": looked.counted}


def _effect(each: Effect) -> Mapping[str, object]:
    return {
        "id": each.unit,
        "phase": each.phase,
        "done_then": each.then,
        "done_now": each.now,
        "gained": dict(each.gained),
        "lost": dict(each.lost),
    }


def _entry(each: Differing) -> Mapping[str, object]:
    return {"change": each.change, "fields": list(each.fields), "then": _line(each.then), "now": _line(each.now)}


def _line(line: Line | None) -> Mapping[str, object] | None:
    """A row as one ledger has it; null for a blank."""
    if line is None:
        return None
    return {
        "file": line.file,
        "sheet": line.sheet or None,
        "row": line.row,
        "code": line.code or None,
        "unit_text": line.unit_text or None,
        "unit": line.unit or None,
        "phase": line.phase or None,
        "submitted": line.submitted or None,
        "count": line.count,
        "verdict": line.verdict,
        "detail": line.detail or None,
    }


def _safe(value: object) -> object:
    return no_formula(value) if isinstance(value, str) else value


def render_diff_csv(changes: LedgerChanges, dialect: Dialect) -> str:
    """One line per differing row, its columns in the two ledgers beside each other; what is not there is empty."""
    rows = changes.rows
    if dialect.for_excel:
        # All that is text: a ledger may come from anywhere.
        texts = {name: rows[name].map(_safe, na_action="ignore") for name in rows.columns}
        rows = rows.assign(**texts)
    return dialect.start + str(rows.to_csv(index=False, sep=dialect.delimiter, lineterminator=dialect.line_end))
