"""What was found of published figures as text, JSON (schema `sangkien.audit/1`, contract §7) and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sangkien_cli import attain
from sangkien_cli.audit import AUDIT_SCHEMA, Against, Finding, Range, Slip
from sangkien_cli.claims import Claim
from sangkien_cli.lang import Lang, phrase
from sangkien_cli.model import Config, Input, PercentRule
from sangkien_cli.prose import Reading
from sangkien_cli.render.columns import wrapped
from sangkien_cli.render.csv import Dialect
from sangkien_cli.render.document import Origin, carried, compact, document, listed, percent_part
from sangkien_cli.render.text import PLAIN, Page, bold, passage_lines
from sangkien_cli.tables import lay_out_findings, summary
from sangkien_cli.tables.claims import dotted
from sangkien_cli.text import no_formula

_DECIMALS = 6  # of `exact` (contract §7)


@dataclass(frozen=True, slots=True)
class Audited:
    """What was found, and what it was found from."""

    findings: Sequence[Finding]
    file: str  # of the claims, its name
    sha256: str
    rule: PercentRule
    config: Config | None  # None = the arithmetic alone
    inputs: Sequence[Input] = ()  # the exports, where there are data
    readings: Mapping[str, Reading] | None = None  # of a text, by claim id; None = the claims are from a file of claims

    @property
    def doubtful(self) -> frozenset[str]:
        """The claims that were perhaps read wrongly from a text."""
        return frozenset(claim for claim, reading in (self.readings or {}).items() if reading.sure == "unsure")

    @property
    def is_fine(self) -> bool:
        """Whether nothing speaks against a claim; one that was perhaps read wrongly proves nothing."""
        return all(finding.is_fine or finding.claim.id in self.doubtful for finding in self.findings)


def render_audit_text(audited: Audited, lang: Lang, page: Page = PLAIN) -> str:
    """A passage for each claim, and how many came out how."""
    heading = [bold(phrase("audit.title", lang, file=audited.file), page)]
    if audited.inputs and audited.config is not None:
        heading.append(phrase("audit.data", lang, config=audited.config.programme))
    blocks = [heading]
    with_data = bool(audited.inputs)
    passages = lay_out_findings(audited.findings, audited.config, lang, with_data=with_data, readings=audited.readings)
    blocks += [passage_lines(each, page) for each in passages]
    text = (
        phrase("audit.nothing_found", lang)
        if not audited.findings
        else summary(audited.findings, lang, len(audited.doubtful))
    )
    blocks.append(wrapped(text, page.width, more="  "))
    return "\n\n".join("\n".join(line.rstrip() for line in block) for block in blocks) + "\n"


def render_audit_json(audited: Audited, origin: Origin) -> str:
    """One line per claim."""
    with_data = bool(audited.inputs)
    day = {} if origin.as_of is None else {"as_of": compact(origin.as_of.isoformat())}
    return document(
        {
            "schema": compact(AUDIT_SCHEMA),
            **day,
            "percent": percent_part(audited.rule),
            "claims": listed(
                {**finding_entry(each, with_data=with_data), **_read_as(each, audited)} for each in audited.findings
            ),
            "source": compact({"path": audited.file, "sha256": audited.sha256}),
            **carried(origin),
        }
    )


def finding_entry(finding: Finding, *, with_data: bool) -> dict[str, object]:
    """A claim under the names of contract §7. `data_…` only where exports were given, null for a claim without a unit.

    `exact` is 100 × done / quota with six decimals; `reproduced_by` is null where no percent was published;
    `solved` the figure that was missing, worked out.
    """
    claim, worked_out = finding.claim, finding.arithmetic
    entry: dict[str, object] = {
        "id": claim.id,
        "unit": claim.unit,
        "phase": claim.phase,
        "as_of": None if claim.as_of is None else claim.as_of.isoformat(),
        "done": None if claim.done is None else int(claim.done.value),
        "quota": None if claim.quota is None else int(claim.quota.value),
        "percent": None if claim.percent is None else dotted(claim.percent),
        "kind": claim.kind,
        "exact": None if worked_out.exact is None else attain.rounded(worked_out.exact, _DECIMALS, "half-up"),
        "reproduced_by": None if worked_out.reproduced_by is None else list(worked_out.reproduced_by),
        "implied_quota": _range(worked_out.implied_quota),
        "implied_done": _range(worked_out.implied_done),
        "verdict": finding.verdict,
        "fine": finding.is_fine,
    }
    if words := {
        key: {"text": printed.hedge.text, "means": printed.hedge.means}
        for key, printed in (("done", claim.done), ("quota", claim.quota), ("percent", claim.percent))
        if printed is not None and printed.hedge is not None
    }:
        entry["words"] = words
    if solved := _solved(finding):
        entry["solved"] = solved
    if finding.slips:
        entry["slips"] = [_slip(slip) for slip in finding.slips]
    if finding.summed is not None:
        summed = finding.summed
        entry["parts"] = {"done": summed.done, "quota": summed.quota, "agrees": summed.agrees}
    if claim.basis is not None:
        entry["basis"] = claim.basis
    told = {"source": claim.source, "sentence": claim.sentence}
    entry |= {key: text for key, text in told.items() if text}
    return {**entry, **(data_entry(finding.against, claim) if with_data else {})}


def data_entry(found: Against | None, claim: Claim) -> dict[str, object]:
    """What the data say, `data_difference` being our count less the published one (null where none was published); of
    a day without a published count when our count was nearest to it."""
    if found is None:
        return dict.fromkeys(("data_done", "data_quota", "data_percent", "data_agrees", "data_difference"))
    entry: dict[str, object] = {
        "data_done": found.done,
        "data_quota": found.quota,
        "data_percent": found.percent,
        "data_agrees": found.agrees,
        "data_difference": None if claim.done is None else found.done - int(claim.done.value),
        "data_unit": found.unit,
        "data_phase": found.phase,
        "data_as_of": found.as_of.isoformat(),
    }
    if found.same_on is not None:
        entry["data_same_on"] = found.same_on.isoformat()
    around = [each for each in (found.lower, found.higher) if each is not None]
    if around:
        entry["data_around"] = [{"day": each.day.isoformat(), "done": each.done} for each in around]
    return entry


def _read_as(finding: Finding, audited: Audited) -> Mapping[str, object]:
    """How a claim was read from a text."""
    reading = (audited.readings or {}).get(finding.claim.id)
    if reading is None:
        return {}
    return {"place": reading.place, "sure": reading.sure, "across": reading.across, "left": list(reading.left)}


def beside_entry(findings: Sequence[Finding]) -> list[Mapping[str, object]]:
    """The published figures of a report's line."""
    keys = ("id", "done", "quota", "percent", "kind", "words", "verdict", "reproduced_by", "source")
    found: list[Mapping[str, object]] = []
    for finding in findings:
        entry = finding_entry(finding, with_data=True)
        agrees = {"agrees": entry["data_agrees"]}
        found.append({key: entry[key] for key in keys if key in entry} | agrees)
    return found


def beside_columns(findings: Sequence[Finding]) -> Mapping[str, str]:
    """The same as columns; where there are several, their values stand one after the other between bars."""
    entries = beside_entry(findings)
    keys = ("id", "done", "quota", "percent", "kind", "verdict", "reproduced_by", "agrees")
    return {key: " | ".join(_cell(key, entry.get(key)) for entry in entries) for key in keys}


def _range(found: Range | None) -> list[int | None] | None:
    return None if found is None else [found.low, found.high]


def _solved(finding: Finding) -> Mapping[str, object]:
    if finding.percent is not None:
        return {"percent": finding.percent}
    if finding.missing is not None:
        return {"quota" if finding.claim.quota is None else "done": _range(finding.missing)}
    return {}


def _slip(slip: Slip) -> Mapping[str, object]:
    named = {"figure": slip.figure, "likely": slip.likely, "number": slip.number}
    return {"kind": slip.kind, **{key: value for key, value in named.items() if value}}


_COLUMNS = (
    "id", "unit", "phase", "as_of", "done", "quota", "percent", "kind", "exact", "reproduced_by", "implied_quota",
    "implied_done", "verdict", "fine", "slips", "data_done", "data_quota", "data_percent", "data_agrees",
    "data_difference", "data_same_on", "source",
)  # fmt: skip


def render_audit_csv(audited: Audited, dialect: Dialect) -> str:
    """One line per claim, the names of JSON; lists joined by blanks, ranges as `5081-5086`."""
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, delimiter=dialect.delimiter, lineterminator=dialect.line_end)
    writer.writeheader()
    for finding in audited.findings:
        entry = finding_entry(finding, with_data=bool(audited.inputs))
        line = {name: _cell(name, entry.get(name)) for name in _COLUMNS}
        if dialect.for_excel:
            line = {name: no_formula(text) for name, text in line.items()}
        writer.writerow(line)
    return dialect.start + out.getvalue()


def _cell(name: str, value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case [low, high] if name.startswith("implied"):
            return f"{low}-" if high is None else f"{low}-{high}"
        case list() if name == "slips":
            return " ".join(":".join(str(part) for part in each.values()) for each in value)
        case list():
            return " ".join(map(str, value))
        case _:
            return str(value)
