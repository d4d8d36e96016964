"""Every row accounted for, in words."""

from __future__ import annotations

from sangkien_cli.lang import Lang, phrase, whole
from sangkien_cli.model import Reason, Report, UnknownText
from sangkien_cli.tables.sheet import RowLine


def balance(report: Report, lang: Lang) -> str:
    """Every row accounted for, in a sentence; those that are no data in another."""
    rows = report.rows
    aside = sum(rows.set_aside.values())
    text = phrase("rows.balance", lang, read=rows.read, counted=rows.counted, aside=aside)
    return f"{text} {phrase('rows.layout', lang, layout=rows.layout)}" if rows.layout else text


def unknown_line(unknown: UnknownText, lang: Lang) -> str:
    """A name that is not in the tree, with the nearest that are, and in what they differ."""
    near = "; ".join(phrase("near.shown", lang, name=near.name, why=near.why) for near in unknown.nearest)
    key = "rows.unknown_near" if near else "rows.unknown"
    return phrase(key, lang, text=unknown.text, rows=unknown.rows, near=near)


_TEXTS_SHOWN = 5  # texts that did not pass count.where
_NAMES_SHOWN = 10  # unknown names listed in a printed report; the ledger has them all


def set_aside(report: Report, lang: Lang, advice: bool) -> list[RowLine]:
    """The rows that were not counted, by reason; with `advice`, what to run next."""
    more_names = "rows.more_names_ledger" if advice else "rows.more_names"
    lines = []
    for reason, rows in report.rows.set_aside.items():
        details: list[str] = []
        if reason is Reason.UNKNOWN_UNIT:
            details = [unknown_line(each, lang) for each in report.unknown[:_NAMES_SHOWN]]
            if len(report.unknown) > _NAMES_SHOWN:
                details.append(phrase(more_names, lang, more=len(report.unknown) - _NAMES_SHOWN))
            if advice:
                details.append(phrase("rows.unknown_fix", lang))
        elif reason is Reason.FILTERED:
            details = [
                phrase(
                    "rows.filtered" if each.text else "rows.filtered_blank",
                    lang,
                    field=phrase(f"field.{each.field}", lang),
                    text=each.text,
                    rows=each.rows,
                )
                for each in report.filtered[:_TEXTS_SHOWN]
            ]
            if len(report.filtered) > _TEXTS_SHOWN:
                details.append(phrase("rows.more_texts", lang, more=len(report.filtered) - _TEXTS_SHOWN))
        elif reason is Reason.UNREADABLE:
            details = [
                phrase(f"flaw.{each.flaw}", lang, rows=each.rows, places="; ".join(each.places))
                for each in report.unreadable
            ]
        elif reason is Reason.ENDED_UNIT:
            details = [
                phrase("rows.ended", lang, name=each.unit.name, day=each.unit.valid.end, rows=each.rows)
                for each in report.ended[:_NAMES_SHOWN]
            ]
            if len(report.ended) > _NAMES_SHOWN:
                details.append(phrase(more_names, lang, more=len(report.ended) - _NAMES_SHOWN))
        elif reason in report.examples:
            details = [phrase("rows.places", lang, places="; ".join(report.examples[reason]))]
        plain = reason is Reason.FILTERED and not advice  # count.where is a key of the quota file
        words = phrase("reason.filtered_plain" if plain else f"reason.{reason.value}", lang)
        lines.append(RowLine(reason.value, words, whole(rows, lang), tuple(details)))
    return lines
