"""What was found of published figures, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import get_args

from sangkien_cli import attain
from sangkien_cli.audit import RULES, Against, Finding, Range, Slip, Verdict, comes_out, is_by_data
from sangkien_cli.audit.hedges import is_so, meaning
from sangkien_cli.claims import Claim, Printed
from sangkien_cli.lang import Lang, day, decimal, phrase, whole
from sangkien_cli.model import ALL, Config, Rounding
from sangkien_cli.prose import Reading
from sangkien_cli.tables.readings import reading_lines
from sangkien_cli.tables.sheet import Passage

_DECIMALS = 6  # of an exact percent that has no end (contract §7)
_SLIPS = 5  # shown of one claim


def lay_out_findings(
    findings: Sequence[Finding],
    config: Config | None,
    lang: Lang,
    *,
    with_data: bool,
    readings: Mapping[str, Reading] | None = None,
) -> tuple[Passage, ...]:
    """A passage for each claim: how it was read, if from a text (by claim id), what was published, what was found."""
    passages = []
    for finding in findings:
        reading = (readings or {}).get(finding.claim.id)
        lines = list(reading_lines(reading, lang)) if reading is not None else []
        lines += _lines(finding, config, lang, published=reading is None)
        if with_data and finding.against is None:
            lines.append(phrase("audit.not_compared", lang))
        title = _title(finding, config, lang)
        if reading is not None and reading.sure == "unsure":
            title = phrase("audit.if_read_rightly", lang, title=title)
        passages.append(Passage(title, tuple((0, line) for line in lines)))
    return tuple(passages)


def summary(findings: Sequence[Finding], lang: Lang, doubtful: int = 0) -> str:
    """How many claims came out how, in a sentence; `doubtful` of them were perhaps not read rightly from a text."""
    often = Counter(map(_verdict, findings))
    keys = (*(f"audit.verdict.{verdict}" for verdict in get_args(Verdict)), "audit.data_agree")
    counts = [f"{whole(often[key], lang)} {phrase(key, lang)}" for key in keys if often[key]]
    if wrong := sum(each.summed is not None and each.summed.agrees is False for each in findings):
        counts.append(phrase("audit.sums_differ", lang, claims=wrong))
    if wrong := sum(each.against is not None and each.against.agrees is False for each in findings):
        counts.append(phrase("audit.data_differ", lang, claims=wrong))
    if doubtful:
        counts.append(phrase("audit.doubtful", lang, claims=doubtful))
    return phrase("audit.summary", lang, claims=len(findings), counts=tuple(counts))


def verdict_words(finding: Finding, lang: Lang) -> str:
    """The verdict of a claim, and what else speaks against it."""
    said = [_verdict(finding)]
    if finding.summed and finding.summed.agrees is False:
        said.append("audit.sum_differs")
    if finding.against and finding.against.agrees is False:
        said.append("audit.data_differs")
    if len(said) > 1 and finding.verdict == "unchecked":
        said = said[1:]
    return ", ".join(phrase(key, lang) for key in said)


def _verdict(finding: Finding) -> str:
    """The key of a verdict's words; what the arithmetic cannot check the data may."""
    if finding.verdict == "unchecked" and finding.against and finding.against.agrees:
        return "audit.data_agree"
    return f"audit.verdict.{finding.verdict}"


def published_line(finding: Finding, lang: Lang) -> str:
    """A published figure on one line, as it stands beside ours: `published 76.5%: not reproduced`."""
    figure = phrase("audit.published", lang, figure=figure_of(finding.claim, lang))
    source = f" ({finding.claim.source})" if finding.claim.source else ""
    return f"{figure}{source}: {verdict_words(finding, lang)}"


def figure_of(claim: Claim, lang: Lang) -> str:
    """What a claim says: `3.889/5.000, khoảng 76,5%`."""
    counts = [_printed(each, lang) for each in (claim.done, claim.quota) if each is not None]
    if claim.done is None and claim.quota is not None:
        counts = [f"…/{counts[0]}"]
    said = ["/".join(counts)] if counts else []
    if claim.percent is not None:
        said.append(percent_of(claim, claim.percent, lang))
    return ", ".join(said)


def percent_of(claim: Claim, percent: Printed, lang: Lang) -> str:
    """A claim's percent as it was said: `khoảng 76,5%`, `vượt 132%`."""
    words = f"{percent.hedge.text} " if percent.hedge else ""
    number = decimal(dotted(percent), lang)
    match claim.kind:
        case "of":
            return phrase("audit.percent", lang, words=words, percent=number)
        case "over":
            return phrase("audit.over", lang, words=words, percent=number)
        case "share":
            return phrase("audit.share", lang, words=words, percent=number)


def dotted(printed: Printed) -> str:
    """A number with a dot before its decimals, as many as were printed."""
    return attain.rounded(printed.value, printed.decimals, "down")


def exact_text(exact: Fraction, lang: Lang) -> str:
    """An exact percent; of one without an end six decimals, and dots."""
    scaled = exact * 10**_DECIMALS
    if scaled.denominator == 1:
        return decimal(attain.exact(exact), lang)
    return f"{decimal(attain.rounded(exact, _DECIMALS, 'down'), lang)}…"


def _printed(printed: Printed, lang: Lang) -> str:
    words = f"{printed.hedge.text} " if printed.hedge else ""
    return f"{words}{whole(int(printed.value), lang)}"


def _title(finding: Finding, config: Config | None, lang: Lang) -> str:
    claim, against = finding.claim, finding.against
    named = [claim.id]
    if unit := (against.unit_name if against else claim.unit):
        named.append(unit)
    if phase := (against.phase if against else claim.phase):
        named.append(_phase_name(phase, config, lang))
    if as_of := (against.as_of if against else claim.as_of):
        named.append(day(as_of, lang))
    return f"{' · '.join(named)}: {verdict_words(finding, lang)}"


def _phase_name(phase: str, config: Config | None, lang: Lang) -> str:
    if phase == ALL:
        return phrase("report.all", lang)
    names = {} if config is None else {each.id: each.name for each in config.phases}
    names |= {} if config is None else {each.id: each.name for each in config.campaigns}
    return names.get(phase, phase)


def _lines(finding: Finding, config: Config | None, lang: Lang, *, published: bool) -> Iterator[str]:
    claim = finding.claim
    if published:
        source = f" ({claim.source})" if claim.source else ""
        yield phrase("audit.published", lang, figure=figure_of(claim, lang)) + source
    yield from _of_arithmetic(finding, lang)
    yield from _of_slips(finding, config, lang)
    yield from _of_parts(finding, lang)
    if finding.against is not None:
        yield from _of_data(claim, finding.against, lang)


def _of_slips(finding: Finding, config: Config | None, lang: Lang) -> Iterator[str]:
    """Slips that differ only in the number that is likely stand on one line."""
    alike: dict[tuple[str, str | None], list[Slip]] = {}
    for slip in finding.slips:
        key = (slip.kind, slip.figure) if slip.kind.startswith("digit") else (slip.kind, slip.likely)
        alike.setdefault(key, []).append(slip)
    for slips in alike.values():
        numbers = [_likely(slip, lang) for slip in slips[:_SLIPS]]
        likely = ", ".join(numbers) + (", …" if len(slips) > _SLIPS else "")
        yield phrase("audit.slip", lang, what=_slip(slips[0], likely, finding.claim, config, lang))


def _likely(slip: Slip, lang: Lang) -> str:
    if not slip.likely[:1].isdecimal() or slip.kind == "phase":
        return slip.likely
    return f"{decimal(slip.likely, lang)}%" if slip.figure == "percent" else whole(int(slip.likely), lang)


def _of_arithmetic(finding: Finding, lang: Lang) -> Iterator[str]:
    claim, worked_out = finding.claim, finding.arithmetic
    percent = claim.percent
    if finding.percent is not None:
        key = "audit.solved_over" if claim.kind == "over" else "audit.solved_percent"
        yield phrase(key, lang, percent=decimal(finding.percent, lang))
    elif percent is None and claim.kind == "over" and worked_out.exact is not None:
        yield _exactly(claim, worked_out.exact, lang)
    elif percent is None and claim.quota is not None and claim.quota.value == 0:
        yield phrase("audit.zero_quota", lang)
    if percent is None or worked_out.reproduced_by is None:
        return
    shown = percent_of(claim, percent, lang)
    if worked_out.exact is None:
        yield from _solved(finding, shown, lang)
        return
    yield _exactly(claim, worked_out.exact, lang)
    if percent.hedge is not None and percent.hedge.means != "about":
        key = "audit.word_fails" if finding.verdict == "false" else "audit.word_holds"
        yield phrase(key, lang, word=percent.hedge.text, number=f"{decimal(dotted(percent), lang)}%")
    if worked_out.reproduced_by:
        if len(worked_out.reproduced_by) < len(RULES):  # nothing was rounded where all agree
            yield _rules(worked_out.reproduced_by, lang)
    elif finding.verdict == "holds" and percent.hedge is None:
        yield from _allowed(finding, lang)
    elif finding.verdict != "false":
        yield phrase("audit.no_rule", lang, percent=f"{decimal(dotted(percent), lang)}%")
    if finding.verdict == "not-reproduced":
        yield _needs(worked_out.implied_quota, worked_out.implied_done, lang)


def _allowed(finding: Finding, lang: Lang) -> Iterator[str]:
    """With which numbers a percent comes out that stands beside a count or a quota which is no exact one."""
    claim, worked_out = finding.claim, finding.arithmetic
    assert claim.done is not None
    assert claim.quota is not None
    if claim.done.hedge is None and worked_out.implied_quota is not None:
        found = _both(worked_out.implied_quota, meaning(claim.quota).whole())
        yield phrase("audit.allowed_quota", lang, words=_printed(claim.quota, lang), quota=_range(found, lang, 1))
    elif claim.quota.hedge is None and worked_out.implied_done is not None:
        found = _both(worked_out.implied_done, meaning(claim.done).whole())
        yield phrase("audit.allowed_done", lang, words=_printed(claim.done, lang), done=_range(found, lang))


def _both(one: Range, two: Range | None) -> Range:
    """What two ranges have in common."""
    if two is None:
        return one
    highs = [each.high for each in (one, two) if each.high is not None]
    return Range(max(one.low, two.low), min(highs, default=None))


def _exactly(claim: Claim, exact: Fraction, lang: Lang) -> str:
    shown = exact_text(exact, lang)
    if any(printed is not None and printed.hedge is not None for printed in (claim.done, claim.quota)):
        return phrase("audit.by_numbers", lang, percent=shown)
    if claim.kind != "over":
        return phrase("audit.exact", lang, percent=shown)
    if exact < 100:
        return phrase("audit.exact_under", lang, percent=shown)
    return phrase("audit.exact_over", lang, percent=shown, over=exact_text(exact - 100, lang))


def _solved(finding: Finding, shown: str, lang: Lang) -> Iterator[str]:
    """The figure that is missing."""
    claim, missing = finding.claim, finding.missing
    if claim.quota is not None and claim.quota.value == 0:
        yield phrase("audit.zero_quota", lang)
    elif missing is None:
        yield phrase("audit.no_rule", lang, percent=shown)
    elif claim.quota is None:
        key = "audit.solved_quota_exactly" if missing.low == missing.high else "audit.solved_quota"
        yield phrase(key, lang, quota=_range(missing, lang, 1))
    else:
        key = "audit.solved_done_exactly" if missing.low == missing.high else "audit.solved_done"
        yield phrase(key, lang, done=_range(missing, lang))


def _rules(rules: Sequence[Rounding], lang: Lang) -> str:
    # Who is told of the usual rounding need not hear of the one that differs from it at halves only.
    told = [rule for rule in rules if rule != "half-even" or "half-up" not in rules]
    return phrase("audit.rules", lang, rules=tuple(phrase(f"audit.rule.{rule}", lang) for rule in told))


def _needs(quota: Range | None, done: Range | None, lang: Lang) -> str:
    if quota is not None and done is not None:
        return phrase("audit.needs", lang, quota=_range(quota, lang, 1), done=_range(done, lang))
    if quota is not None:
        return phrase("audit.needs_quota", lang, quota=_range(quota, lang, 1))
    if done is not None:
        return phrase("audit.needs_done", lang, done=_range(done, lang))
    return phrase("audit.needs_none", lang)


def _range(found: Range, lang: Lang, least: int = 0) -> str:
    """A range in words; `least` is the smallest that there can be."""
    if found.high is None:
        return phrase("audit.from", lang, low=found.low)
    if found.low == least and found.high > least:
        return phrase("audit.up_to", lang, high=found.high)
    if found.low == found.high:
        return whole(found.low, lang)
    return phrase("audit.between", lang, low=found.low, high=found.high)


def _slip(slip: Slip, likely: str, claim: Claim, config: Config | None, lang: Lang) -> str:
    assert claim.percent is not None
    percent = f"{decimal(dotted(claim.percent), lang)}%"
    match slip.kind:
        case "kind":
            return phrase("audit.slip.of" if slip.likely == "over" else "audit.slip.over", lang, percent=percent)
        case "swapped":
            return phrase("audit.slip.swapped", lang)
        case "thousands":
            return phrase("audit.slip.thousands", lang, likely=likely)
        case "phase":
            number = whole(int(slip.number), lang)
            return phrase("audit.slip.phase", lang, phase=_phase_name(slip.likely, config, lang), number=number)
        case "basis":
            names = [] if config is None else [each.name for each in config.bases if each.id == slip.likely]
            number = whole(int(slip.number), lang)
            return phrase("audit.slip.basis", lang, basis=(*names, slip.likely)[0], number=number)
        case "digit-missing" | "digit-extra":
            figure = phrase(f"audit.figure.{slip.figure}", lang)
            return phrase(f"audit.slip.{slip.kind}", lang, figure=figure, likely=likely)


def _of_parts(finding: Finding, lang: Lang) -> Iterator[str]:
    summed, claim = finding.summed, finding.claim
    if summed is None:
        return
    if summed.agrees is None:
        yield phrase("audit.sum_unknown", lang)
        return
    figure = "/".join(whole(number, lang) for number in (summed.done, summed.quota) if number is not None)
    if summed.agrees:
        yield phrase("audit.sum_fine", lang, figure=figure)
        return
    pairs = ((claim.done, summed.done), (claim.quota, summed.quota))
    published = "/".join(_printed(each, lang) for each, number in pairs if each is not None and number is not None)
    yield phrase("audit.sum_wrong", lang, figure=figure, published=published)


def _of_data(claim: Claim, found: Against, lang: Lang) -> Iterator[str]:
    figure = attain.figure(found.done, found.quota, found.percent, lang)
    key = "audit.ours_agree" if found.agrees else "audit.ours"
    yield phrase(key, lang, day=found.as_of, figure=figure)
    if claim.done is not None and claim.done.hedge is None and (difference := int(claim.done.value) - found.done):
        key = "audit.difference" if difference > 0 else "audit.difference_less"
        yield phrase(key, lang, number=abs(difference))
        published = int(claim.done.value)
        if found.same_on is not None:
            yield phrase("audit.same_on", lang, done=published, day=found.same_on)
        elif known := [each for each in (found.lower, found.higher) if each is not None]:
            around = tuple(phrase("audit.known", lang, done=each.done, day=each.day) for each in known)
            yield phrase("audit.never", lang, done=published, around=around)
    if claim.quota is not None and found.quota is not None and not is_so(claim.quota, Fraction(found.quota)):
        published_quota = int(claim.quota.value)
        yield phrase("audit.quota_differs", lang, ours=found.quota, published=published_quota)
    if (
        claim.percent is not None
        and is_by_data(claim)
        and found.quota
        and not comes_out(claim, found.done, found.quota)
    ):
        yield phrase("audit.percent_differs", lang, percent=percent_of(claim, claim.percent, lang))
