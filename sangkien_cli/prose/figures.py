"""The numbers of a sentence, and what its words say of each."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from sangkien_cli.claims.model import Hedge, Printed
from sangkien_cli.claims.numbers import HEDGES, readings
from sangkien_cli.prose import words
from sangkien_cli.prose.spelled import spelled
from sangkien_cli.prose.when import Day, Phase, days, month_spans, phases
from sangkien_cli.prose.words import any_of

# of, over, share: a percent that says how far a unit is. done, quota: counts. bare: a count that no word explains.
# Everything else is a number of something else.
Role = Literal["of", "over", "share", "done", "quota", "bare", "none"]
Values = tuple[tuple[Fraction, int], ...]  # what a number is worth with its decimals, the likeliest first
Gap = Literal["", "short", "over"]
Doubt = Literal["", "over", "group", "rate"]  # "vượt mức 112%"; "4 đơn vị đạt 100%"; "tỷ lệ hợp lệ 90%"

_WINDOW = 90  # letters before and behind a number that tell what it is
_BEFORE_BRACKET = 20  # letters
_DIGITS = 15  # more are no figure
_SCALES = {"nghìn": 10**3, "ngàn": 10**3, "vạn": 10**4, "triệu": 10**6}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a sentence."""

    start: int  # of its digits
    end: int  # behind its digits, scale and %
    text: str  # digits, as written
    role: Role
    values: Values = ()
    hedge: Hedge | None = None
    clear: bool = True  # whether words say its role; of a count before a slash: whether they say what it counts
    noun: bool = True  # a count of submissions; False = of something else, or of nothing named
    part: bool = False  # behind "trong đó"
    slash: bool = False  # a count with its quota behind a slash
    follows: bool = False  # "với 2.660 sáng kiến": belongs to the percent before it
    whole: bool = False  # "trong tổng số 3.889": what a share is of
    group: bool = False  # a number of units: "4 đơn vị"
    gap: Gap = ""  # "còn thiếu 30", "vượt 111 sáng kiến": no count of what was done
    of_quota: bool = False  # a percent "của chỉ tiêu", "kế hoạch"
    average: bool = False  # "mỗi CĐCS có 3,2 sáng kiến", "2 sáng kiến/CĐCS": of one unit, no attainment
    aim: bool = False  # still to come: "phấn đấu có 3.000 sáng kiến"
    registered: bool = False  # "đăng ký 80 sáng kiến": sent in, or promised
    bracketed: bool = False  # "chỉ tiêu (590 sáng kiến)": the quota, or what was done
    valid: bool = False  # "3.095 sáng kiến hợp lệ": what attainment is told of
    other: bool = False  # a count of something else that is said to be attained: "kết nạp 7.074 đoàn viên"
    doubt: Doubt = ""
    percent: bool = False

    def printed(self, value: tuple[Fraction, int] | None = None) -> Printed:
        """The number as a claim keeps it."""
        worth, decimals = value or self.values[0]
        return Printed(self.text, worth, decimals, self.hedge)

    @property
    def count(self) -> int:
        """The value of a count."""
        return int(self.values[0][0])


@dataclass(frozen=True, slots=True)
class Found:
    """A sentence with its numbers, days and phases."""

    text: str
    small: str  # in small letters, letter by letter
    figures: tuple[Figure, ...]
    days: tuple[Day, ...]
    phases: tuple[Phase, ...]


_ANY_NUMBER = re.compile(r"[0-9]|\b(?:mười|mươi|trăm|nghìn|ngàn|triệu)\b")


def in_small_letters(text: str) -> str:
    """The text in small letters, each at its place; look-alikes of Đ made đ."""
    small = text.lower()
    if len(small) != len(text):
        small = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
    return small.replace("ð", "đ").replace("ɖ", "đ")


def figures(text: str) -> Found:
    """The numbers of a sentence, in its order."""
    small = in_small_letters(text)
    if _ANY_NUMBER.search(small) is None:
        return Found(text, small, (), (), ())
    found_days, found_phases = days(small), phases(small, text)
    numbers = _all_numbers(small, _masked(text, small, found_days, found_phases))
    found: list[Figure] = []
    for position, number in enumerate(numbers):
        before = numbers[position - 1] if position else None
        behind = numbers[position + 1] if position + 1 < len(numbers) else None
        figure = _figure(text, small, number, before, behind, found)
        if figure is not None:
            found.append(figure)
    paired = tuple(_with_rates(_with_slashes(text, small, found)))
    return Found(text, small, paired, tuple(found_days), tuple(found_phases))


# --- what is no figure -------------------------------------------------------------------------------------------

_NUMBER_TEXT = r"[0-9]{1,15}(?:[.,][0-9]{1,15}){0,5}"
_DOCUMENT = (
    r"công\svăn|nghị\squyết|quyết\sđịnh|hướng\sdẫn|thông\sbáo|chỉ\sthị|thông\stư|nghị\sđịnh|tờ\strình|luật|công\sđiện|"
    r"phụ\slục|biểu|mẫu|điều|khoản|chương|mục|phần|bảng|hình|trang|kết\sluận|pháp\slệnh|kế\shoạch\ssố|báo\scáo\ssố"
)
_NUMBERED = (
    r"thứ|hạng|top|khóa|khoá|quý|quí|tháng|tuần|cụm|lớp|đợt|kỳ|lần|đại\shội|ca|xếp|vị\strí|bước|nhóm|số\sthứ\stự|stt|"
    r"quận|phường|điểm"
)
_TITLED = r"chương\strình|phong\strào|đề\sán|cuộc\sthi|chiến\sdịch|đợt|danh\shiệu|chủ\sđề"
_MASKS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:https?://|www\.)\S{1,300}|\S{1,60}@\S{1,60}",
        rf"\b(?:{_DOCUMENT})\s(?:số\s?:?\s?)?[0-9]{{1,6}}[\w/.–-]{{0,40}}",
        r"(?<!tổng\s)(?<!trong\s)(?<!trên\s)\bsố\s?:?\s?[0-9]{1,6}(?:-[a-zđ]|/[^\W\d]|/[0-9]{4}/)[\w/.-]{0,40}",
        # The issue of a newspaper, "số 98/2022"; round the clock.
        rf"(?<!tổng\s)(?<!trong\s)(?<!trên\s)\bsố\s[0-9]{{1,6}}(?:\.[0-9]{{3}})?\s?/\s?(?:19|20)[0-9]{{2}}(?![\w/]|[.,][0-9]|\s{any_of(words.SUBMISSIONS)})",
        rf"(?<![\w.,])24\s?/\s?(?:24\s?h?|7)(?![\w/]|[.,][0-9]|\s{any_of(words.SUBMISSIONS)})",
        r"(?<![\w.,])[0-9]{1,6}(?:/[0-9]{4})?[/-](?:[a-zđ]{2,8}-|bc|nq|kh|qđ|cv|tb|hd|ct|tt|nđ|qh|tlđ|lđlđ|cđ)[\w/-]{0,30}",
        r"(?:điện\sthoại|đt|sđt|hotline|số\smáy|zalo|tel|fax)[^0-9]{0,10}[0-9][0-9 .()–-]{6,20}",
        r"(?<![\w.,])0[0-9]{2,4}[ .-]?[0-9]{3,4}[ .-]?[0-9]{3,4}(?![\w])",
        rf"{_NUMBER_TEXT}(?:\s?(?:nghìn|ngàn|vạn|triệu|tỷ|tỉ)){{0,3}}\s?(?:đồng|vnđ|vnd|usd|đ|₫|\$)(?!\w)",
        rf"{_NUMBER_TEXT}\s?(?:tỷ|tỉ)(?!\w|\slệ)",
        rf"{_NUMBER_TEXT}\s?(?:tuổi|điểm\sphần\străm|tháng\stuổi)\b",
        r"(?<![\w.,])[0-9]{1,2}\s?(?:h|giờ|g)\s?(?:[0-9]{2})?(?!\w)(?:\s?phút)?",
        r"\b(?:năm|niên\sđộ|học|nhiệm\skỳ|thời\skỳ|giai\sđoạn|khóa|khoá)\s[0-9]{4}(?:\s?[-–/]\s?[0-9]{2,4})?(?![.,]?[0-9%])",
        r"(?<![\w.,])(?:19|20)[0-9]{2}\s?[-–]\s?(?:19|20)[0-9]{2}(?![\w])",
        rf"\b(?:{_NUMBERED})\s[0-9]{{1,2}}(?:\s?/\s?[0-9]{{1,4}})?(?![\w.,/]?[0-9%])",
        r"\bcovid\s?[-–]?\s?[0-9]{2}",
        rf"(?:{_TITLED})[^\"“”0-9]{{0,20}}[\"“][^\"“”]{{1,150}}[\"”]",
        r"[\"“«]\s?[0-9]{1,3}\s(?:triệu|nghìn|ngàn)\s[^\"“”»]{1,150}[\"”»]",
    )
)
_NAME = re.compile(r"(?<![\w.,])(?:0?1\striệu|75\s?(?:nghìn|ngàn)|75\.000)\s(?:sáng\skiến|sk)\b")
_COUNTED = re.compile(
    rf"(?:{any_of(HEDGES)}|\b(?:có|đạt|được|đóng\sgóp|mục\stiêu|chỉ\stiêu|cán\smốc|mốc|ghi\snhận|hoàn\sthành|là|cập\snhật|nộp"
    r"|giao))\s\Z"
)
_LISTED = re.compile(
    r"\s*(?:\(?[0-9]{1,2}[.)]|[0-9]{1,2}(?:\.[0-9]{1,2}){1,3}\.?)(?=\s[^\W\d])|\s*[0-9]{1,2}\s?[-–/](?=\s)"
)


def _masked(text: str, small: str, found_days: list[Day], found_phases: list[Phase]) -> list[tuple[int, int]]:
    """Where numbers stand that are no figures, in order, without overlaps."""
    spans = [(day.start, day.end) for day in found_days]
    spans += [(phase.start, phase.end) for phase in found_phases]
    spans += month_spans(small)
    spans += [match.span() for mask in _MASKS for match in mask.finditer(small)]
    for match in _NAME.finditer(small):
        if _COUNTED.search(small, max(match.start() - 20, 0), match.start()) is None:
            spans.append(match.span())
    if listed := _LISTED.match(small):
        spans.append(listed.span())
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


# --- numbers -----------------------------------------------------------------------------------------------------

_NUMBER = re.compile(
    r"(?<!\w)(?<!\w[-.])"
    r"(?:(?<!tháng )(?<!quý )(?<!đoạn )(?<!đợt )[0-9]{1,3}(?:\s[0-9]{3}){1,4}+(?![0-9])|[0-9]++)(?:[.,][0-9]++)*+"
)
_SCALE = re.compile(rf"\s?({any_of(_SCALES)})(?!\w)")
_PERCENT = re.compile(r"\s?(?:%|phần\străm(?!\w))")


@dataclass(frozen=True, slots=True)
class _Number:
    start: int
    end: int
    text: str
    scale: int
    percent: bool
    value: int | None = None  # of a number in words


def _all_numbers(small: str, masked: list[tuple[int, int]]) -> list[_Number]:
    """The numbers in digits, and those in words that count submissions or are percents."""
    found = list(_numbers(small, masked))
    for start, end, value in spelled(small):
        percent = _PERCENT.match(small, end)
        if percent or _SUBMISSION.match(small, end):
            found.append(
                _Number(start, percent.end() if percent else end, small[start:end], 1, percent is not None, value)
            )
    return sorted(found, key=lambda number: number.start)


def _numbers(small: str, masked: list[tuple[int, int]]) -> Iterator[_Number]:
    starts = [start for start, _ in masked]
    for match in _NUMBER.finditer(small):
        span = bisect_right(starts, match.start()) - 1
        if span >= 0 and match.start() < masked[span][1]:
            continue
        following = bisect_right(starts, match.start())
        if following < len(starts) and starts[following] < match.end():
            continue
        end, scale, digits = match.end(), 1, match[0]
        if scaled := _SCALE.match(small, end):
            scale, end = _SCALES[scaled[1]], scaled.end()
        percent = _PERCENT.match(small, end)
        yield _Number(match.start(), percent.end() if percent else end, digits, scale, percent is not None)


def _values(number: _Number) -> Values:
    return (
        ((Fraction(number.value), 0),)
        if number.value is not None
        else _worth(number.text, number.scale, number.percent)
    )


@lru_cache(maxsize=1 << 12)
def _worth(text: str, scale: int, percent: bool) -> Values:
    plain = text.replace(" ", "")
    if sum(letter.isdigit() for letter in plain) > _DIGITS:
        return ()
    both = readings(plain)
    worth = [both[style] for style in ("vi", "en") if style in both]
    if percent:
        # "76.512%" is seventy-six: seventy-six thousand is no percent.
        return tuple(sorted(dict.fromkeys(worth), key=lambda each: each[0] > 10_000))
    # 5,000 is five thousand to those who group by commas, and no count to the others.
    whole = [value * scale for value, decimals in worth if decimals == 0 or scale > 1]
    return tuple((value, 0) for value in dict.fromkeys(whole) if value.denominator == 1)


# --- what words say of a number ----------------------------------------------------------------------------------

_HEDGED = re.compile(rf"(?:^|(?<=[\s(,:])){any_of(set(HEDGES) - {'từ', 'quá'})}\s?\Z")
_FILLERS = re.compile(
    r"(?:\s(?:được|mới|mức|thêm|tới|lên|là|đến|cao|ở|chỉ|nhất|ngay|gần|trên|hơn|tỷ\slệ|tỉ\slệ|con\ssố))+\s?\Z"
)
_KINDS: dict[str, str] = {
    **dict.fromkeys(words.OF, "of"),
    **dict.fromkeys(words.OVER, "over"),
    **dict.fromkeys(words.SHARE, "share"),
    **dict.fromkeys(words.GROWTH, "none"),
    **dict.fromkeys(words.REST, "none"),
}
_KIND = re.compile(rf"(?<!\w){any_of(_KINDS)}(?!\w)")
_AIM = re.compile(rf"(?<!\w){any_of(words.AIMS)}(?!\w)")
_HAPPENED = re.compile(r"\b(?:đã|đến\snay|hiện|tính\sđến|vừa|nên)\b")
_RATE = re.compile(r"(?:tỷ|tỉ)\slệ[^,;]{0,25}\Z")
_OTHER_RATE = re.compile(
    r"(?:tỷ|tỉ)\slệ\s(?!(?:đạt|hoàn|thực|sáng|chỉ|cao|thấp|chung|là|so|trên|lên|trung|tương|khá|rất|này)\b)[^\W\d]+\s[^,;]*\Z"
)
_SHORT = re.compile(r"\b(?:thiếu|còn|hụt|chưa|cần|kém|thấp|ít)\b[^,;]{0,20}\Z")
_OF_A_GAP: dict[str, re.Pattern[str]] = {
    "short": re.compile(r"^(?!.*đạt).*(?:tương|bằng|chiếm|tức|[(=])"),
    "over": re.compile(r"^(?!.*(?:đạt|bằng)).*(?:tương|tức|[(=])"),
}
_GROUP = re.compile(rf"(?<!\w){any_of(words.GROUPS)}\s(?:[^\W\d]+\s){{0,3}}?{any_of(words.ORGANISATIONS)}(?!\w)")
_EARLIER = re.compile(
    rf"\s?(?:[^\W\d]+\s){{0,6}}?(?:so\s(?:với\s)?(?:\w+\s)?{any_of(words.EARLIER)}|cùng\sk[ỳì])(?!\w)"
)
_OF_QUOTA = re.compile(rf"\s?{any_of(words.OF_QUOTA)}(?!\w)")
_NEXT = re.compile(r"\s?([^\W\d_]+)")
_OTHER_THINGS = re.compile(
    rf"\s?(?:tổng\s)?số\s(?!{any_of(words.NUMBERED_THINGS)})|\s?{any_of(words.ORGANISATIONS)}(?!\w)"
)
_AND_MORE = re.compile(r"\s?(?:[^\W\d]+\s){0,4}?trở\slên")
_DOUBTED_OVER = re.compile(
    r"(?:và\svượt|vượt\smức|vượt\squá|vượt(?=\schỉ\stiêu|\skế\shoạch|\smục\stiêu))(?:\s\w+){0,8}\s?\Z"
)
_SUBMISSION = re.compile(
    rf"\s?(?:\([^()]{{1,30}}\)\s)?{any_of(words.SUBMISSIONS)}(?!\w)(?!\s(?:người|đoàn|công\snhân|cán))"
)
_NOUN_BEFORE = re.compile(rf"(?<!\w){any_of(words.SUBMISSIONS)}(?!\w)[^,;()]{{0,60}}(?:\blà|\bđạt|\bcó|\blên|:)\s?\Z")
_VALID = re.compile(
    rf"\s?{any_of(words.SUBMISSIONS)}\s(?:đã\s)?(?:hợp\slệ|được\s(?:công\snhận|chấp\snhận|duyệt)|đủ\sđiều|đạt\syêu|đúng\squy)"
)
_REMAINING = re.compile(r"còn(?:\slại)?\s\Z")
_PER = re.compile(r"(?<!\w)(?:mỗi|bình\squân|trung\sbình)(?:\s[^\W\d]+){0,3}\s\Z")
_STILL_TO_DO = re.compile(
    r"\b(?:còn|vẫn)\s(?:phải|cần|thiếu|nợ)(?:\s(?!nên|mới|song|nhưng|đã)[^\W\d]+){0,6}\s\Z"
    r"|\b(?:phải|cần)(?:\s[^\W\d]+){0,4}\sthêm(?:\s[^\W\d]+){0,2}\s\Z"
)
_MORE = re.compile(rf"(?:\s?{any_of(words.SUBMISSIONS)})?(?:\s[^\W\d]+){{0,3}}?\snữa(?!\w)")
_SHARED_BY = any_of((*words.ORGANISATIONS, *words.PEOPLE))
_OF_EACH = re.compile(rf"(?:\s?{any_of(words.SUBMISSIONS)})?(?:\s?/\s?|\s(?:trên\s)?(?:mỗi|một|1)\s){_SHARED_BY}(?!\w)")
_PER_MANY = re.compile(r"\b(?:mỗi|bình\squân|trung\sbình|cứ)\s(?:cứ\s)?[0-9][0-9.]*\s[^,;0-9]*\Z")
_OTHER_SUBJECT = re.compile(rf",.*[{words.CAPITALS}]")
_REGISTERED = re.compile(r"đăng\ský\s\Z")
_ITS_OBJECT = re.compile(r"(?:vượt|đạt|thành|so\svới|bằng)\s(?:mức\s)?\Z")  # "vượt mục tiêu 4,2%"
_TO_COME = re.compile(rf"(?<!\w){any_of(words.TO_COME)}(?!\w)")
_NEXT_NOUN = re.compile(rf"\s(?!{any_of(sorted(words.NO_NOUN))}(?!\w))[^\W\d]+")
_ORGANISATION = re.compile(rf"\s?{any_of(words.ORGANISATIONS)}(?!\w)")
_RAISED = re.compile(rf"(?<!\w){any_of(words.RAISED)}(?:\sđược|\smới)?\s?\Z")
_QUOTA = re.compile(rf"(?<!\w){any_of(words.QUOTA)}(?!\w)")
_DONE = re.compile(rf"(?<!\w){any_of(words.DONE)}(?!\w)")
_GAP = re.compile(rf"(?<!\w){any_of(words.GAPS)}(?:\s(?:được|mới|đến|tới|chỉ|là|số|thêm))*\s?\Z")
_QUOTA_BEHIND = re.compile(
    rf"(?:\s?{any_of(words.SUBMISSIONS)})?(?:\s(?!vượt|đạt|so\svới|hoàn|trên|bằng)[^\s,;.()]+){{0,6}}?\s{any_of(words.QUOTA_BEHIND)}(?!\w)"
)
_PART = re.compile(rf"(?<!\w){any_of(words.PARTS)}(?!\w)")
_FOLLOWS = re.compile(
    rf"(?:(?<!so\s)(?<!\w){any_of(words.FOLLOWS)}(?!\w)|[(–:=-]\s?)(?:\s(?:tổng\ssố|tổng|số|là))*\s?\Z"
)
_WHOLE = re.compile(r"(?:trong|trên)\s(?:tổng\s(?:số\s)?|số\s)?\Z")
_OVER_QUOTA = re.compile(r"^\s?(?:[^\W\d]+\s?){0,4}\s?trên\s\Z")
_BRACKET_QUOTA = re.compile(rf"{any_of(words.QUOTA_NAMES)}[^,;()]{{0,25}}\(\s?\Z")


def _figure(
    text: str, small: str, number: _Number, before: _Number | None, behind: _Number | None, found: list[Figure]
) -> Figure | None:
    clause = small.rfind(";", 0, number.start) + 1
    start = max(clause, number.start - _WINDOW, before.end if before else 0)
    stop = min(number.end + _WINDOW, behind.start if behind else len(small), len(small))
    left, right = small[start : number.start], small[number.end : stop]
    hedge = None
    if hedged := _HEDGED.search(left):
        word = hedged[0].strip()
        if not (word == "trên" and found and _is_division(left, found[-1], before)):
            written = text[start + hedged.start() : number.start].strip()
            hedge, left = Hedge(written, HEDGES[word]), left[: hedged.start()]
    scaled = (
        text[number.start : number.end] if number.scale > 1 else text[number.start : number.start + len(number.text)]
    )
    figure = Figure(
        number.start,
        number.end,
        scaled.rstrip("% "),
        "none",
        _values(number),
        hedge,
        percent=number.percent,
        clear=False,
    )
    if not figure.values:
        # A count with decimals is one of nothing: an average.
        counted = _SUBMISSION.match(right) or _OF_EACH.match(right) or right.strip() == "/"
        return replace(figure, average=counted is not None and not number.percent)
    same_clause = [each for each in found[-4:] if each.start >= clause]
    if number.percent:
        if _is_of_average(same_clause, text[start : number.start]):
            return figure
        return _percent(figure, left, right, text[number.end : stop], same_clause)
    if _PER_MANY.search(small, max(clause, number.start - _WINDOW), number.start):
        return replace(figure, average=True)
    main = any(each.role == "done" for each in found[-6:])  # a part is one of something said before
    return _count(figure, left, right, behind, same_clause, may_be_part=main)


def _is_division(left: str, last: Figure, before: _Number | None) -> bool:
    """Whether "trên" stands between a count and its quota: "2.660 (sáng kiến) trên 5.091"."""
    return (
        before is not None and last.start == before.start and not last.percent and _OVER_QUOTA.match(left) is not None
    )


def _is_of_average(before: list[Figure], between: str) -> bool:
    """Whether a percent is told of an average: "mỗi CĐCS có 3,2 sáng kiến, đạt 160%"."""
    counts = [each for each in before if not (each.percent or each.group)]
    if not counts or not counts[-1].average or _OTHER_SUBJECT.search(between):
        return False
    return not any(each.role == "done" and each.noun for each in counts)


def _percent(figure: Figure, left: str, right: str, written: str, before: list[Figure]) -> Figure:
    if _EARLIER.match(right) or _AND_MORE.match(right) or re.search(r"\b(?:từ|mỗi)\s\Z", left):
        return figure
    # A percent in brackets is told by the words right before them, not by those before a name.
    told = left[-_BEFORE_BRACKET:] if left.endswith("(") else left
    said = _KIND.findall(_FILLERS.sub(" ", told))
    kind = _KINDS[said[-1]] if said else ""
    if not kind and any(_KINDS[word] == "none" for word in _KIND.findall(left)[-1:]):
        return figure
    if not said and _RATE.search(left):
        kind = "of"
    of_quota = _OF_QUOTA.match(right) is not None
    if kind != "none" and _OTHER_RATE.search(left):
        return replace(figure, doubt="rate")
    if kind == "none" or _is_aim(left) or (kind != "share" and not of_quota and _is_of_others(right, written)):
        return figure
    if before and before[-1].aim and _HAPPENED.search(left) is None:
        return figure
    if before and before[-1].gap and _OF_A_GAP[before[-1].gap].search(left):
        return figure
    role: Role = kind or "of"  # type: ignore[assignment]
    doubt: Doubt = "group" if _of_a_group(left, before) else ""
    if said and said[-1] in words.SAID_BOTH_WAYS and _DOUBTED_OVER.search(left):
        doubt = doubt or "over"
    return replace(figure, role=role, clear=bool(kind) or of_quota, doubt=doubt, of_quota=of_quota)


def _is_of_others(right: str, written: str) -> bool:
    """Whether a percent is one of people or units: "100% đoàn viên", "90% số CĐCS"."""
    if _OTHER_THINGS.match(right):
        return True
    following = _NEXT.match(right)
    if following is None or following[1] in words.BEHIND_PERCENT or _SUBMISSION.match(right):
        return False
    return not written[following.start(1)].isupper()


def _is_aim(left: str) -> bool:
    """Whether what follows is still to be reached: "phấn đấu đến 31/5 đạt …"."""
    aims = list(_AIM.finditer(left))
    if not aims:
        return False
    behind = left[aims[-1].end() :]
    if _ITS_OBJECT.search(left, 0, aims[-1].start()):
        return False
    if aims[-1][0] in words.AIMS_OF_A_CLAUSE and "," in behind:
        return False
    return _HAPPENED.search(behind) is None


def _of_a_group(left: str, before: list[Figure]) -> bool:
    """Whether the percent is what several units have in common: "4 đơn vị đạt trên 100%"."""
    if before and before[-1].group:
        return True
    return not before and _GROUP.search(left) is not None


def _count(
    figure: Figure, left: str, right: str, behind: _Number | None, before: list[Figure], *, may_be_part: bool
) -> Figure:
    submission = _SUBMISSION.match(right) is not None
    if not submission and _NOUN_BEFORE.search(left) and _NEXT_NOUN.match(right) is None:
        submission = True
    following = _NEXT.match(right)
    named = following is not None and not submission and following[1] not in words.NO_NOUN
    part = (may_be_part and _PART.search(left) is not None) or bool(before and before[-1].part)
    valid = submission and _VALID.match(right) is not None
    figure = replace(
        figure,
        noun=submission,
        part=part,
        valid=valid,
        follows=_FOLLOWS.search(left) is not None,
        whole=_WHOLE.search(left) is not None,
        registered=_REGISTERED.search(left) is not None,
    )
    gap, average = _gap(left, right, valid=valid), _OF_EACH.match(right) is not None or _PER.search(left) is not None
    if gap or average:
        return replace(figure, gap=gap, average=average)
    over = before and not before[-1].percent and _ORGANISATION.match(right) is None
    if over and re.search(r"(?:^|\s)trên\s\Z", left):
        return replace(figure, role="quota", clear=True)
    closed = behind is None or re.search(r"[,;.()]", right) is not None
    if closed and _QUOTA_BEHIND.match(right) and not re.search(r"\b(?:có|nộp|gửi|cập\snhật)\s\Z", left):
        return replace(figure, role="quota")
    if named:
        if _RAISED.search(left):
            return replace(figure, role="done", clear=False, other=True)
        return replace(figure, group=_ORGANISATION.match(right) is not None)
    quota = _last(_QUOTA, left)
    done = _last(_DONE, left)
    aim = _last(_AIM, left)
    aim_at = max((match.start() for match in _AIM.finditer(left)), default=0)
    if quota >= 0 and "," in left[quota:]:
        quota = -1
    if aim >= 0 and "," not in left[aim:] and _HAPPENED.search(left[aim:]) is None:
        return replace(figure, role="quota", clear=submission, aim=_TO_COME.search(left[aim_at:]) is not None)
    if _BRACKET_QUOTA.search(left):
        return replace(figure, role="quota", bracketed=True)
    if quota > done or (quota >= 0 and quota == done):
        return replace(figure, role="quota")
    if done >= 0:
        return replace(figure, role="done", clear=submission)
    return replace(figure, role="done" if submission else "bare", clear=submission)


def _gap(left: str, right: str, *, valid: bool) -> Gap:
    """Whether a number says what is missing or what is more: "còn phải nộp 1.111 sáng kiến", "vượt 111 sáng kiến"."""
    if _STILL_TO_DO.search(left) or _MORE.match(right):
        return "short"
    if _PER.search(left) or (_GAP.search(left) and not (valid and _REMAINING.search(left))):
        return "short" if _SHORT.search(left) else "over"
    return ""


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Where the last match ends; -1 without one."""
    end = -1
    for match in pattern.finditer(text):
        end = match.end()
    return end


# --- a count and its quota, written a/b --------------------------------------------------------------------------

_SLASH = re.compile(rf"\s?(?:{any_of(words.SUBMISSIONS)}(?:\s[^,;.()/0-9]{{0,40}})?)?\s?/\s?")
_NAMED = any_of((*words.SUBMISSIONS, *words.QUOTA_NAMES))
_NAMED_BEHIND = re.compile(rf"\s?{_NAMED}(?!\w)")
_NAMED_BEFORE = re.compile(rf"(?<!\w){_NAMED}(?!\w)[^,;()]{{0,40}}(?:\b(?:là|đạt|có|được|lên)|:|\()\s?\Z")
_TOLD = re.compile(
    rf"(?:[(:–-]|\b(?:đạt|có|được|là|nộp|gửi|với|quả|hiện|lượt)|\b[{words.CAPITALS}]\w*)\s?\Z"
)  # in the text as written: behind a unit's name, too
_AND = re.compile(r"\s?[,;]?\s(?:và\s)?")
_BRACKETED = re.compile(r"\s?[(=]\s?\Z")
_YEARS = range(1990, 2101)
_LONGEST_MONTH, _MONTHS, _LONGEST_YEAR = 31, 12, 366


def _with_slashes(text: str, small: str, found: list[Figure]) -> list[Figure]:
    pairs: list[int] = []
    for position in range(len(found) - 1):
        if (not pairs or pairs[-1] < position - 1) and _is_slash(small, found, position):
            pairs.append(position)
    said = {position for position in pairs if _is_said(small, found, position)}
    for position in pairs:
        first, second = found[position], found[position + 1]
        noun, listed = position in said, bool(said)
        if second.count and (noun or _may_count(text, small, found, position, listed=listed)):
            found[position] = replace(first, role="done", clear=noun or listed, slash=True, noun=True, whole=False)
            found[position + 1] = replace(second, role="quota", clear=True, noun=True)
        else:
            found[position] = replace(first, role="none", noun=False, group=second.group)
            found[position + 1] = replace(second, role="none", noun=False)
    return found


def _is_slash(small: str, found: list[Figure], position: int) -> bool:
    first, second = found[position], found[position + 1]
    if first.percent or second.percent or not (first.values and second.values) or first.average or second.average:
        return False
    return _SLASH.fullmatch(small, first.end, second.start) is not None


def _is_said(small: str, found: list[Figure], position: int) -> bool:
    """Whether words beside a fraction say that it counts submissions, or is of a quota."""
    first, second = found[position], found[position + 1]
    if second.group or (second.role == "none" and not second.gap):
        return False
    if first.noun or second.noun or _NAMED_BEHIND.match(small, second.end):
        return True
    start = max(found[position - 1].end if position else 0, first.start - _WINDOW)
    return _NAMED_BEFORE.search(small[start : first.start]) is not None


def _may_count(text: str, small: str, found: list[Figure], position: int, *, listed: bool) -> bool:
    """Whether a fraction without a word may be a count and its quota: in a list of such, behind a name or a verb, or
    proven by its percent; and no day, month, score or issue of a newspaper."""
    first, second = found[position], found[position + 1]
    is_issue = second.text.isdigit() and second.count in _YEARS and first.count <= _LONGEST_YEAR
    if second.role == "none" or is_issue:
        return False
    proven, bracketed = _its_percent(small, found, position)
    is_day = first.count <= _LONGEST_MONTH and second.count <= _MONTHS
    if is_day and not listed:
        return proven and bracketed
    follows = position > 1 and found[position - 2].slash and _AND.fullmatch(small, found[position - 1].end, first.start)
    told = _TOLD.search(text[max(first.start - 30, 0) : first.start])
    return proven or bool(follows) or told is not None


def _its_percent(small: str, found: list[Figure], position: int) -> tuple[bool, bool]:
    """Whether the percent beside a fraction is what it comes to, and whether one of them stands in brackets."""
    first, second = found[position], found[position + 1]
    proven = bracketed = False
    for percent in (*found[max(position - 1, 0) : position], *found[position + 2 : position + 3]):
        if _is_rate_of(percent, first, second):
            ahead = percent.start > first.start
            between = small[second.end : percent.start] if ahead else small[percent.end : first.start]
            proven, bracketed = True, _BRACKETED.search(between) is not None
    return proven, bracketed


def _is_rate_of(percent: Figure, first: Figure, second: Figure) -> bool:
    if not percent.percent or not second.count:
        return False
    exact = Fraction(100 * first.count, second.count)
    return any(abs(exact - worth) < Fraction(1, 10**decimals) for worth, decimals in percent.values)


def _with_rates(found: list[Figure]) -> list[Figure]:
    """A rate of something else than a quota is a figure where its two counts stand beside it and give it."""
    for position, first in enumerate(found):
        if not first.slash:
            continue
        for at in (position - 1, position + 2):
            if (
                0 <= at < len(found)
                and found[at].doubt == "rate"
                and _is_rate_of(found[at], first, found[position + 1])
            ):
                found[at] = replace(found[at], role="of")
    return found
