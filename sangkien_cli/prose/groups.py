"""The numbers of one sentence, put together: count, quota and percent of one published figure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from sangkien_cli.claims.model import Kind
from sangkien_cli.lang import Sentence, say
from sangkien_cli.prose.figures import Figure, Found, Role
from sangkien_cli.prose.units import Unit
from sangkien_cli.prose.when import Phase
from sangkien_cli.prose.words import AS_REGISTERED, QUOTA_NAMES

Sure = Literal["sure", "likely", "unsure"]
_ORDER: tuple[Sure, ...] = ("sure", "likely", "unsure")
_RAISED_TO = re.compile(r"\bnâng\s[^,;]*\Z")
_BESIDE = 30  # letters between a unit and its percent


@dataclass(slots=True)
class Group:
    """Numbers that belong together."""

    done: Figure | None = None
    quota: Figure | None = None
    percent: Figure | None = None
    value: tuple[Fraction, int] | None = None  # which of the percent's values
    whys: list[Sentence] = field(default_factory=list)
    sure: Sure = "sure"
    unit: str | None = None  # known by position: "lần lượt"
    phase: str | None = None  # so too
    shared: bool = False  # its count stands in another group too

    @property
    def parts(self) -> list[Figure]:
        return [figure for figure in (self.done, self.quota, self.percent) if figure is not None]

    @property
    def start(self) -> int:
        return min(figure.start for figure in self.parts)

    @property
    def end(self) -> int:
        return max(figure.end for figure in self.parts)

    @property
    def kind(self) -> Kind:
        role = self.percent.role if self.percent else "of"
        return role if role in ("over", "share") else "of"

    def doubt(self, sure: Sure, why: Sentence) -> None:
        """Make it no surer than this."""
        self.sure = max(self.sure, sure, key=_ORDER.index)
        if why not in self.whys:
            self.whys.append(why)


def groups(found: Found, named: Sequence[Unit]) -> list[Group]:
    """The numbers of a sentence, put together as they stand."""
    return _Pairing(found, named).run()


class _Pairing:
    """Goes through the numbers of a sentence from left to right."""

    def __init__(self, found: Found, named: Sequence[Unit]) -> None:
        self.found = found
        self.figures = found.figures
        self.named = named
        self.groups: list[Group] = []
        self.done: list[Figure] = []  # counts that belong to no percent so far
        self.quota: list[Figure] = []
        self.whole: Figure | None = None  # what shares are of
        self.last: Group | None = None  # the group before, whose count the next percent may be of too
        self.taken: set[int] = set()

    def run(self) -> list[Group]:
        for position, figure in enumerate(self.figures):
            if figure.start in self.taken:
                continue
            match figure.role:
                case "done" | "bare":
                    self.count(figure)
                case "quota":
                    self.quota.append(figure)
                    if figure.whole and not self.done:
                        self.whole = figure
                case "of" | "over" | "share":
                    self.percent(position, figure)
                case "none":
                    pass
        self.flush()
        return sorted(self.groups, key=lambda group: group.start)

    # --- counts ---

    def count(self, figure: Figure) -> None:
        if figure.whole or (figure.part and self.whole is None and self.done):
            self.whole = figure if figure.whole else self.done[-1]
        if figure.whole:
            return
        waiting = [each for each in self.done if each.slash]
        if figure.slash and waiting:
            self.flush()  # a list: A 120/100, B 90/80
        self.done.append(figure)

    def flush(self) -> None:
        """What waited for a percent that did not come: a count with its quota is a figure too."""
        for done in [each for each in self.done if each.slash]:
            quota = next((each for each in self.quota if each.start > done.start), None)
            if quota is not None:
                self.groups.append(group := Group(done, quota))
                self.doubt_bare(group)
                self.quota.remove(quota)
                self.done.remove(done)
        done_left = [each for each in self.done if each.role == "done" and each.noun and not each.part]
        candidates = done_left or [each for each in self.done if not each.noun and not each.other and not each.part]
        if len(candidates) == 1 and len(self.quota) == 1 and self.near(candidates[0], self.quota[0]):
            group = Group(candidates[0], self.quota[0])
            if not self.joined(candidates[0], self.quota[0]):
                group.doubt("likely", say("prose.why_no_percent"))
            self.groups.append(group)
        elif len(done_left) == 1 and not self.quota and not self.groups and not done_left[0].part:
            self.groups.append(Group(done_left[0]))
        self.done, self.quota = [], []

    def near(self, done: Figure, quota: Figure) -> bool:
        """Whether no other unit is named between a count and a quota."""
        if _RAISED_TO.search(self.found.small, max(done.start - 40, 0), done.start):
            return False  # "nâng tổng số lên 16.000": of several phases together
        first, second = sorted((done, quota), key=lambda each: each.start)
        return not any(first.end <= unit.start < second.start and unit.standing == "own" for unit in self.named)

    def joined(self, done: Figure, quota: Figure) -> bool:
        between = self.found.small[done.end : quota.start]
        return re.search(r"^(?:[^,;.]{0,40})(?:\btrên|so\svới)(?:\s[^\W\d]+){0,6}\s?\Z", between) is not None

    # --- percents ---

    def percent(self, position: int, figure: Figure) -> None:
        group = Group(percent=figure)
        if figure.doubt == "group" and not self.done and not self.named_right_before(figure):
            self.last = None
            return
        if figure.role == "share":
            self.share(position, group)
        else:
            self.attained(position, group)
        settle(group)
        if figure.doubt == "over":
            decide_kind(group)
        if figure.doubt == "rate":
            group.doubt("likely", say("prose.why_rate"))
        if not figure.clear and not (group.done and group.quota and group.done.slash):
            group.doubt("likely", say("prose.why_unsaid"))
        if group.done is None and group.quota is None and figure.hedge is not None and figure.hedge.means == "at-least":
            return
        self.groups.append(group)
        self.last = group

    def named_right_before(self, figure: Figure) -> bool:
        """Whether a percent is that of one unit: "các đơn vị dẫn đầu gồm LĐLĐ huyện A đạt 188%"."""
        before = [unit for unit in self.named if unit.end <= figure.start]
        return (
            bool(before)
            and not before[-1].several
            and before[-1].standing == "own"
            and (figure.start - before[-1].end <= _BESIDE)
        )

    def share(self, position: int, group: Group) -> None:
        candidates = [each for each in self.done if each is not self.whole]
        if candidates:
            group.done = candidates[-1]
            group.quota = self.whole or self.whole_behind(position)
            if group.quota is None and group.done.part and self.last is not None and self.last.kind == "of":
                group.quota = self.last.done  # "…; trong đó 7.403 sáng kiến, chiếm 75%"
            self.quota = [each for each in self.quota if each is not group.quota]
            if not group.done.noun:
                group.doubt("likely", say("prose.why_noun"))
            if group.quota is None or not group.quota.whole:
                group.doubt("likely", say("prose.why_whole"))
        self.done = [each for each in self.done if each is self.whole]

    def whole_behind(self, position: int) -> Figure | None:
        """What a share is of, named behind it: "chiếm 15,9% trong tổng số 3.889 sáng kiến"."""
        following = self.figures[position + 1 : position + 2]
        if not following or not following[0].whole:
            return None
        self.taken.add(following[0].start)
        return following[0]

    def attained(self, position: int, group: Group) -> None:
        figure = group.percent
        assert figure is not None
        clause = self.found.small.rfind(";", 0, figure.start) + 1
        here = [each for each in self.done if each.start >= clause]
        earlier = [each for each in self.done if each.start < clause]
        candidates = here or earlier
        candidates = self.registered(group, candidates)
        slashed = any(each.slash for each in candidates)
        self.find_quota(position, group, slashed)
        if candidates:
            self.choose(group, candidates)
            if slashed:
                self.take_named_quota(position, group)
            if not here:
                group.doubt("likely", say("prose.why_clause"))
        elif group.done is not None:
            pass  # found in brackets behind the quota's name
        elif (ahead := self.ahead(position)) is not None:
            group.done = ahead
            self.taken.add(ahead.start)
            if ahead.slash:
                group.quota = self.figures[self.figures.index(ahead) + 1]
                self.taken.add(group.quota.start)
            if not ahead.follows:
                group.doubt("likely", say("prose.why_behind"))
        elif self.shares(figure, group.quota):
            assert self.last is not None
            self.share_count(group, self.last)
        if group.quota is None and self.whole is not None and self.whole.whole and candidates and not figure.of_quota:
            group.quota = self.whole  # "trong 1.260 sáng kiến có 588 sáng kiến hợp lệ, đạt 46,7%"
            group.doubt("likely", say("prose.why_whole"))
        if group.done is not None and not group.done.noun:
            group.doubt("likely", say("prose.why_noun"))
        self.doubt_bare(group)
        self.done = []

    def doubt_bare(self, group: Group) -> None:
        """A fraction without a word is sure only where a percent of a quota proves it."""
        if group.done is None or not group.done.slash or group.done.clear:
            return
        percent, quota = group.percent, group.quota
        if percent is None or quota is None or not percent.of_quota or not fits_any(group.done, quota, percent):
            group.doubt("likely", say("prose.why_bare"))

    def take_named_quota(self, position: int, group: Group) -> None:
        """ "950/1.000 sáng kiến được duyệt, đạt 47,5% kế hoạch 2.000": of the quota that is named with the percent."""
        figure, named = group.percent, next(iter(self.figures[position + 1 : position + 2]), None)
        assert figure is not None
        if named is None or named.role != "quota" or named.slash or group.done is None or group.quota is None:
            return
        between = self.found.small[figure.end : named.start]
        if ";" in between or "," in between or not any(name in between for name in QUOTA_NAMES):
            return
        self.taken.add(named.start)
        if named.count == group.quota.count:
            return
        group.quota = named
        if not fits_any(group.done, named, figure):
            group.doubt("likely", say("prose.why_quotas"))

    def registered(self, group: Group, candidates: list[Figure]) -> list[Figure]:
        """The counts without the one that was registered, where another one says what was done: it is the quota."""
        promised = [each for each in candidates if each.registered]
        if len(promised) != 1 or len(candidates) == 1 or self.quota:
            return candidates
        self.quota = promised
        assert group.percent is not None
        if not self.found.small.startswith(AS_REGISTERED, group.percent.end + 1):
            group.doubt("likely", say("prose.why_registered"))
        return [each for each in candidates if not each.registered]

    def choose(self, group: Group, candidates: list[Figure]) -> None:
        """The count of several that a percent belongs to."""
        slashed = [each for each in candidates if each.slash]
        if slashed:
            group.done = slashed[-1]
            group.quota = next((each for each in self.quota if each.start > group.done.start), None)
            self.quota = []
            if group.done.part:
                group.doubt("likely", say("prose.why_whole"))
            if len(slashed) > 1:
                group.doubt("likely", say("prose.why_several"))
            return
        named = [each for each in candidates if each.noun]
        valid = [each for each in named if each.valid]
        main = valid or [each for each in named if not each.part] or named or candidates
        group.done = main[-1]
        rivals = [each for each in candidates if each is not group.done]
        if rivals:
            self.decide(group, rivals)
        if group.done is not None and group.done.role == "bare":
            group.doubt("likely", say("prose.why_bare"))

    def decide(self, group: Group, rivals: list[Figure]) -> None:
        """Arithmetic may decide between counts, where the quota is known; else it stays unsure."""
        quota = group.quota
        fitting = [
            each
            for each in [group.done, *rivals]
            if each
            and quota
            and group.percent
            and any(fits(each, quota, group, value) for value in group.percent.values)
        ]
        if len(fitting) == 1:
            if fitting[0] is not group.done:
                group.done = fitting[0]
                group.doubt("likely", say("prose.why_fits"))
            return
        assert group.done is not None
        after_part = all(each.part and each.start > group.done.start for each in rivals)
        group.doubt("unsure" if after_part or len(rivals) > 1 else "likely", say("prose.why_several"))

    def ahead(self, position: int) -> Figure | None:
        """A count right behind a percent: "đạt 232,3% chỉ tiêu với 696.948 sáng kiến"."""
        figure = self.figures[position]
        for number, each in enumerate(self.figures[position + 1 : position + 3]):
            if each.percent or ";" in self.found.small[figure.end : each.start]:
                return None
            if figure.doubt == "rate" and each.slash:
                return each
            if each.role == "done" and each.noun and not each.part:
                alone = sum(other.role in ("of", "over", "share", "done") for other in self.figures) == 2
                told = each.follows and "," not in self.found.small[figure.end : each.start]
                belongs = told or ((each.follows or alone) and not self.owned(position + 1 + number))
                return each if belongs else None
            if each.role != "quota":
                return None
        return None

    def owned(self, position: int) -> bool:
        """Whether a count has a percent of its own right behind it."""
        figure = self.figures[position]
        if figure.slash:
            position += 1
        following = self.figures[position + 1 : position + 2]
        if not following or following[0].role not in ("of", "over"):
            return False
        between = self.found.small[self.figures[position].end : following[0].start]
        return (
            not any(unit.standing == "own" and figure.end <= unit.start < following[0].start for unit in self.named)
            and re.search(r"[;]|,\s(?:tăng|giảm)", between) is None
        )

    def shares(self, figure: Figure, quota: Figure | None) -> bool:
        """Whether a percent is of the count before it too: "đạt 112% giai đoạn 1 và 35% cả chương trình"."""
        last = self.last
        if last is None or last.done is None:
            return False
        is_rate = last.percent is not None and last.percent.doubt == "rate"
        if is_rate and (quota is None or not fits_any(last.done, quota, figure)):
            return False
        end = max(last.end, last.percent.end if last.percent else 0)
        between = self.found.small[end : figure.start]
        other = any(end <= unit.start < figure.start and unit.standing == "own" for unit in self.named)
        return not other and ";" not in between and len(between) <= 90

    def share_count(self, group: Group, last: Group) -> None:
        assert group.percent is not None
        assert last.percent is not None
        assert last.done is not None
        group.done = last.done
        group.shared = True
        own, other = (phase_behind(each, self.found) for each in (group.percent, last.percent))
        if own is None and other is None and group.quota is None and last.quota is not None:
            # A quota that gives the percent before is none of another percent.
            proven = fits_any(last.done, last.quota, last.percent)
            group.quota = last.quota if not proven or fits_any(last.done, last.quota, group.percent) else None
        if own == other:
            group.doubt("likely", say("prose.why_shared"))

    def find_quota(self, position: int, group: Group, slashed: bool) -> None:
        figure = group.percent
        assert figure is not None
        if slashed:
            return  # it comes with its count
        if self.quota:
            group.quota = self.quota[-1]
            if len(self.quota) > 1:
                group.doubt("likely", say("prose.why_quotas"))
            self.quota = []
            return
        for each in self.figures[position + 1 : position + 3]:
            between = self.found.small[figure.end : each.start]
            if each.start in self.taken:
                continue
            if each.percent or ";" in between or each.role != "quota" or each.slash:
                return
            if any(figure.end <= unit.start < each.start and unit.standing == "own" for unit in self.named):
                return
            self.taken.add(each.start)
            if each.bracketed and not self.done:
                group.done = each
                group.doubt("unsure", say("prose.why_bracket"))
                return
            group.quota = each
            if "," in between and not any(name in between for name in QUOTA_NAMES):
                group.doubt("likely", say("prose.why_behind"))
            return


def fits(done: Figure, quota: Figure, group: Group, value: tuple[Fraction, int]) -> bool:
    """Whether a percent is what a count is of a quota, rounded or cut off."""
    if not quota.count:
        return False
    exact = Fraction(100 * done.count, quota.count) - (100 if group.kind == "over" else 0)
    worth, decimals = value
    return abs(exact - worth) < Fraction(1, 10**decimals)


def fits_any(done: Figure, quota: Figure, percent: Figure) -> bool:
    """Whether a percent, read in one way or another, is what a count is of a quota."""
    return any(fits(done, quota, Group(percent=percent), value) for value in percent.values)


def decide_kind(group: Group) -> None:
    """Whether "vượt mức X%" says what is over, or what is reached: said both ways, so arithmetic may tell."""
    group.doubt("likely", say("prose.why_over"))
    if group.percent is None or group.done is None or group.quota is None:
        return
    roles: tuple[Role, ...] = ("of", "over")
    kinds = [replace(group.percent, role=role) for role in roles]
    fitting = [each for each in kinds if fits_any(group.done, group.quota, each)]
    if len(fitting) == 1:
        group.percent = fitting[0]
        settle(group)


def settle(group: Group) -> None:
    """Which value a percent has that can be read in two ways: `1.278%`."""
    percent = group.percent
    assert percent is not None
    group.value = percent.values[0]
    if len(percent.values) < 2:
        return
    if group.done is not None and group.quota is not None:
        fitting = [value for value in percent.values if fits(group.done, group.quota, group, value)]
        if len(fitting) == 1:
            group.value = fitting[0]
            return
    first, second = percent.values[0], percent.values[1]
    grouped = "." in percent.text and not first[1]  # 1.278 as reports write it
    if first[0] != second[0] and second[0] <= 10_000 and not grouped:
        group.doubt("likely", say("prose.why_style", text=percent.text))


def phase_behind(figure: Figure, found: Found) -> str | None:
    """The phase that follows a number before the next one."""
    following = next((each.start for each in found.figures if each.start > figure.start), len(found.small))
    end = min(following, figure.end + 80)
    comma = re.search(r"[,;(]", found.small[figure.end : end])
    end = figure.end + comma.start() if comma else end
    behind = (phase for phase in found.phases if figure.end <= phase.start < end)
    return next((phase.name for phase in behind if not _begins(found.small, figure.end, phase)), None)


def _begins(text: str, start: int, phase: Phase) -> bool:
    """Whether a phase begins what follows: "111,7% và giai đoạn 2 đạt 40%"."""
    before = text[start : phase.start].strip(" )")
    return (
        before in ("và", "còn", "thì") and re.match(r"\s?(?::|,|\(|đạt|có|mới|được|đã)", text[phase.end :]) is not None
    )
