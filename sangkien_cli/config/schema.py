"""The shape of the quota file (contract §2), from which the JSON Schema for editors is made too.

Every scalar arrives as the text that was typed (`marks`), so a number is read here by our own rule, and what is
wrong carries the key of a sentence in `lang/` as its error type.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from sangkien_cli.marks import Quoted
from sangkien_cli.text import tidy

SCHEMA_ID = "sangkien.quota/1"
PLAIN = ""  # the key of a value that stands alone, where several by name could stand: a step that is none of the file


def _wrong(key: str, **shown: Any) -> PydanticCustomError:
    return PydanticCustomError(key, "", shown)


def _text(value: object) -> str:
    if value is None or (isinstance(value, str) and not tidy(value)):
        raise _wrong("config.blank")
    if not isinstance(value, str):
        raise _wrong("config.not_text")
    return tidy(value)


def _pattern(value: object) -> str:
    """A path as it was typed: its blanks and accents are those of the file's name."""
    _text(value)
    return str(value)


def _whole(least: int, most: int | None, key: str) -> Callable[[object], int]:
    def read(value: object) -> int:
        if isinstance(value, str) and not isinstance(value, Quoted) and re.fullmatch("0|[1-9][0-9]{0,17}", value):
            number = int(value)
            if number >= least and (most is None or number <= most):
                return number
        meant = plain_number(value)
        within = bool(meant) and least <= int(meant) and (most is None or int(meant) <= most)
        raise _wrong(key, plain=meant if within and len(meant) <= 18 else "")

    return read


def plain_number(value: object) -> str:
    """The number that a badly written one most likely means, written plainly; "" if that cannot be said.

    >>> [plain_number(text) for text in ("5.000", "5,000", "010", "1_000", "5e3", "2.0", "-5", "mười", "5.25")]
    ['5000', '5000', '10', '1000', '5000', '2', '', '', '']
    """
    if not isinstance(value, str):
        return ""
    text = value.strip()
    if re.fullmatch(r"[1-9][0-9]{0,2}([.,_ ][0-9]{3})+", text) or re.fullmatch(r"[0-9_ ]+", text):
        return str(int(re.sub(r"[^0-9]", "", text)))
    if re.fullmatch(r"[0-9]+\.0{1,2}", text):
        return str(int(text.partition(".")[0]))
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?[eE]\+?[0-9]{1,2}", text):
        number = Decimal(text)
        return str(int(number)) if number == int(number) else ""
    return ""


def parse_day(value: object) -> date:
    """A day written YYYY-MM-DD. Raises PydanticCustomError with the key of the sentence that says what is wrong."""
    if not isinstance(value, str):
        raise _wrong("config.not_date", iso="")
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise _wrong("config.not_date", iso=_iso(value))
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise _wrong("config.no_such_day") from None


def _iso(text: str) -> str:
    """`31/05/2022` or `2022-5-31` as `2022-05-31`; "" if that is no day."""
    if found := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text.strip()):
        day, month, year = map(int, found.groups())
    elif found := re.fullmatch(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})", text.strip()):
        year, month, day = map(int, found.groups())
    else:
        return ""
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


_GROUPED = re.compile(r"-?[1-9][0-9]{0,2}(\.[0-9]{3})+")  # in Vietnamese 1.000 is one thousand


def _decimal(value: object) -> Decimal:
    if (
        isinstance(value, str)
        and re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", value)
        and not _GROUPED.fullmatch(value)
    ):
        return Decimal(value)
    raise _wrong("config.not_decimal", plain=plain_number(value))


def _near(value: object) -> Decimal:
    number = _decimal(value)
    if not 0 < number <= 100:
        raise _wrong("config.not_near")
    return number


def read_at_least(value: object) -> tuple[Fraction, bool]:
    """What a target asks for, and whether as a percent, of which 100 % is 1. Raises PydanticCustomError, like a
    validator."""
    if not isinstance(value, str) or isinstance(value, Quoted):
        raise _wrong("config.not_at_least", plain="")
    if _GROUPED.fullmatch(value) or not (found := re.fullmatch(r"(0|[1-9][0-9]*)(\.[0-9]+)?( ?%)?", value)):
        raise _wrong("config.not_at_least", plain=plain_number(value))
    number = Fraction(value.rstrip(" %"))
    return (number / 100, True) if found.group(3) else (number, False)


def _on_bases(value: object) -> object:
    """A quota on several bases; a plain one is on the basis without a name."""
    return value if isinstance(value, dict) else {PLAIN: value}


def _choice(*choices: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if isinstance(value, str) and value in choices:
            return value
        raise _wrong("config.not_a_choice", choices=", ".join(choices))

    return read


def _list(value: object) -> object:
    """A single text stands for a list of one."""
    return [value] if isinstance(value, str) else value


def _sections(value: object) -> object:
    """A single section stands for a list of one, the name of a file for a section."""
    several = value if isinstance(value, list) else [value]
    return [{"file": each} if isinstance(each, str) else each for each in several]


def _identifier(value: object) -> str:
    text = _text(value)
    if re.search(r"\s", text):
        raise _wrong("config.id_with_blank")
    return text


Text = Annotated[str, BeforeValidator(_text), WithJsonSchema({"type": ["string", "number"]})]
Identifier = Annotated[
    str, BeforeValidator(_identifier), WithJsonSchema({"type": ["string", "number"], "pattern": r"^\S+$"})
]
Whole = Annotated[
    int, BeforeValidator(_whole(0, None, "config.not_whole")), WithJsonSchema({"type": "integer", "minimum": 0})
]
Quota = Annotated[
    int, BeforeValidator(_whole(0, None, "config.not_quota")), WithJsonSchema({"type": "integer", "minimum": 0})
]
FromOne = Annotated[
    int, BeforeValidator(_whole(1, None, "config.not_whole")), WithJsonSchema({"type": "integer", "minimum": 1})
]
_WHOLE_JSON: dict[str, Any] = {"type": "integer", "minimum": 0}
QuotaOnBases = Annotated[
    dict[str, Quota],
    Field(min_length=1),
    BeforeValidator(_on_bases),
    WithJsonSchema(
        {"anyOf": [_WHOLE_JSON, {"type": "object", "additionalProperties": _WHOLE_JSON, "minProperties": 1}]}
    ),
]
AtLeast = Annotated[
    tuple[Fraction, bool],
    BeforeValidator(read_at_least),
    WithJsonSchema(
        {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)? ?%$"}]}
    ),
]
MeasureName = Literal["count", "average", "coverage", "sum", "per-member"]
MEASURES: tuple[str, ...] = get_args(MeasureName)
Measure = Annotated[MeasureName, BeforeValidator(_choice(*MEASURES))]
Decimals = Annotated[
    int,
    BeforeValidator(_whole(0, 6, "config.not_decimals")),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 6}),
]
Day = Annotated[date, BeforeValidator(parse_day), WithJsonSchema({"type": "string", "format": "date"})]
Number = Annotated[Decimal, BeforeValidator(_decimal), WithJsonSchema({"type": "number"})]
Near = Annotated[
    Decimal, BeforeValidator(_near), WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": 100})
]
RoundingName = Literal["half-up", "down", "up", "half-even"]
Rounding = Annotated[RoundingName, BeforeValidator(_choice("half-up", "down", "up", "half-even"))]
Language = Annotated[Literal["vi", "en"], BeforeValidator(_choice("vi", "en"))]
_ONE_OR_MORE = {
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": ["string", "number"]}, "minItems": 1}]
}
Texts = Annotated[list[Text], Field(min_length=1), BeforeValidator(_list), WithJsonSchema(_ONE_OR_MORE)]
Pattern = Annotated[str, BeforeValidator(_pattern), WithJsonSchema({"type": "string"})]
Patterns = Annotated[
    list[Pattern],
    Field(min_length=1),
    BeforeValidator(_list),
    WithJsonSchema(_ONE_OR_MORE),
]
Levels = Annotated[
    list[Texts],
    Field(min_length=1),
    BeforeValidator(_list),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": _ONE_OR_MORE, "minItems": 1}]}),
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PercentSection(_Strict):
    """How percents are printed."""

    decimals: Decimals = Field(default=1, description="digits after the point, 0–6")
    rounding: Rounding = Field(default="half-up", description="half-up rounds halves away from zero")


class PhaseSection(_Strict):
    """A window of days, both ends inclusive."""

    name: Text | None = Field(default=None, description="shown in reports; the id when absent")
    start: Day = Field(alias="from", description="first day, YYYY-MM-DD")
    end: Day = Field(alias="to", description="last day, YYYY-MM-DD")


class CampaignSection(PhaseSection):
    """A window of days inside or across phases."""

    toward: Text | None = Field(default=None, description="the phase whose quota it works for")


class ColumnsSection(_Strict):
    """Which header holds which field: a header or a list of alternatives."""

    unit: Levels = Field(description="levels, deepest first; each a header or a list of alternatives")
    code: Texts | None = Field(default=None, description="the submission's code")
    submitted: Texts | None = Field(default=None, description="the date that decides the phase")
    status: Texts | None = None
    title: Texts | None = None
    author: Texts | None = None
    field: Texts | None = Field(default=None, description="lĩnh vực")
    recognition: Texts | None = Field(default=None, description="hình thức công nhận")
    applied: Texts | None = Field(default=None, description="ngày áp dụng")
    benefit: Texts | None = Field(default=None, description="giá trị làm lợi, đồng")
    phase: Texts | None = Field(default=None, description="the export's own phase name, used instead of the date")
    count: Texts | None = Field(default=None, description="how many submissions a row stands for")


class ExportsSection(_Strict):
    """Where the rows come from."""

    files: Patterns | None = Field(default=None, description="paths and globs, relative to this file")
    columns: ColumnsSection
    phase: Text | None = Field(default=None, description="the phase of all rows of files without dates and phases")


class RangeSection(_Strict):
    """A range, both ends inclusive: from/to for dates, min/max for numbers."""

    start: Day | None = Field(default=None, alias="from")
    end: Day | None = Field(default=None, alias="to")
    least: Number | None = Field(default=None, alias="min")
    most: Number | None = Field(default=None, alias="max")


def _condition(value: object) -> object:
    return value if isinstance(value, dict) else {"values": _list(value)}


class ConditionSection(RangeSection):
    """A list of accepted values, or a range."""

    values: Texts | None = None


Condition = Annotated[
    ConditionSection,
    BeforeValidator(_condition),
    WithJsonSchema({"anyOf": [*_ONE_OR_MORE["anyOf"], RangeSection.model_json_schema()]}),
]


class CountSection(_Strict):
    """Which rows count."""

    where: dict[str, Condition] = Field(default_factory=dict, description="a row counts only if it passes all")
    once_per: Text | None = Field(
        default=None, description="submissions with one value count once; none switches it off; default: code if mapped"
    )


class AlsoCountSection(_Strict):
    """A tally shown beside done, never compared with a quota."""

    name: Text | None = Field(default=None, description="shown in reports; the id when absent")
    where: dict[str, Condition] = Field(
        default_factory=dict, description="a row counts here if it passes all; instead of count: where:"
    )


class TargetSection(_Strict):
    """Something asked of a unit beside its quota."""

    id: Identifier = Field(description="[a-z0-9-]+")
    name: Text | None = Field(default=None, description="shown in reports; the id when absent")
    unit: Text | None = Field(default=None, description="the id of the unit that it is asked of")
    each: Text | None = Field(default=None, description="or a kind: it is asked of every unit of this kind")
    phase: Text = Field(description="a phase, or all")
    measure: Measure = Field(description="what is measured")
    where: dict[str, Condition] = Field(
        default_factory=dict, description="which of the rows that count it looks at; all when absent"
    )
    per: Text | None = Field(default=None, description="average: submissions per unit of this kind")
    of: Text | None = Field(default=None, description="coverage: a kind of units; sum: a field")
    having: Whole | None = Field(default=None, description="coverage: submissions from which a unit is covered; 1")
    at_least: AtLeast = Field(description="a number, or a percent such as 100%")


class ReturnsSection(_Strict):
    """What `sangkien returns` sends back to units."""

    require: Texts = Field(description="fields that no row may leave blank")


class DocumentSection(_Strict):
    """Heading and signature of the report as an official document (Nghị định 30/2020/NĐ-CP)."""

    parent: Text | None = Field(default=None, description="cơ quan chủ quản; the unit above the agency when absent")
    agency: Text | None = Field(default=None, description="cơ quan ban hành; the topmost unit when absent")
    number: FromOne | None = Field(default=None, description="số; left open when absent")
    symbol: Text | None = Field(default=None, description="ký hiệu, such as BC-LĐLĐ")
    place: Text | None = Field(default=None, description="địa danh")
    day: Day | None = Field(default=None, alias="date", description="YYYY-MM-DD; the as-of date when absent")
    subject: Text | None = Field(default=None, description="trích yếu")
    addressees: Texts | None = Field(default=None, description="kính gửi")
    grounds: Texts | None = Field(default=None, description="căn cứ")
    capacity: Texts | None = Field(default=None, description="the lines above the signer's name")
    signer: Text | None = None
    recipients: Texts | None = Field(default=None, description="nơi nhận, without the last line: Lưu")


class ValidSection(_Strict):
    """The days on which a unit exists, both ends inclusive."""

    start: Day | None = Field(default=None, alias="from", description="first day, YYYY-MM-DD; open when absent")
    end: Day | None = Field(default=None, alias="to", description="last day, YYYY-MM-DD; open when absent")


HeadersOnBases = Annotated[
    dict[str, Texts],
    Field(min_length=1),
    BeforeValidator(_on_bases),
    WithJsonSchema(
        {
            "anyOf": [
                *_ONE_OR_MORE["anyOf"],
                {"type": "object", "additionalProperties": _ONE_OR_MORE, "minProperties": 1},
            ]
        }
    ),
]


class UnitColumnsSection(_Strict):
    """Which header of a spreadsheet of units holds what; without one, the usual headers are looked for."""

    name: Texts | None = None
    parent: Texts | None = Field(default=None, description="the id or name of the unit above; blank = none")
    number: Texts | None = Field(default=None, description="the numbering (STT) that decides without a parent column")
    id: Texts | None = None
    kind: Texts | None = None
    members: Texts | None = None
    also: Texts | None = Field(default=None, description="other spellings, one per line of the cell")
    start: Texts | None = Field(default=None, alias="from", description="first day of the unit")
    end: Texts | None = Field(default=None, alias="to", description="last day of the unit")
    into: Texts | None = Field(default=None, description="the id or name of the successor")
    quota: dict[str, HeadersOnBases] | None = Field(
        default=None, description="by phase the header of its quotas; with several bases by phase and basis"
    )


class UnitsFromSection(_Strict):
    """A spreadsheet in which units are kept."""

    file: Pattern = Field(description="relative to this file")
    sheet: Text | None = Field(default=None, description="the first one that lists units when absent")
    columns: UnitColumnsSection = UnitColumnsSection()


UnitsFrom = Annotated[list[UnitsFromSection], Field(min_length=1), BeforeValidator(_sections)]


class _Branches(_Strict):
    """Where units are listed."""

    units_from: UnitsFrom | None = Field(default=None, description="spreadsheets that list units")
    include: Patterns | None = Field(
        default=None, description="YAML files with `units`, or spreadsheets that list units; paths and globs"
    )


class UnitSection(_Branches):
    """A unit of the organisation, with the units below it."""

    name: Text
    id: Identifier | None = Field(default=None, description="made from the name when absent; unique")
    also: Texts | None = Field(default=None, description="other spellings")
    kind: Text | None = Field(default=None, description="a free word: huyen, cdcs…")
    members: Whole | None = Field(default=None, description="number of union members")
    quota: dict[str, QuotaOnBases] | None = Field(
        default=None, description="by phase, with several bases by phase and basis; an absent phase has no quota"
    )
    valid: ValidSection | None = Field(default=None, description="when the unit exists; always when absent")
    into: Texts | None = Field(default=None, description="the id of the unit that followed it; several = it was split")
    units: list[UnitSection] | None = None


_IN_ORDER = UnitSection(name="-")


def without_plain_units(raw: object) -> object:
    """A section in which units that are plainly in order stand for nothing that is to be validated.

    Of a hundred thousand nearly all are: a name, and quotas in digits. Positions stay what they are.
    """
    if not isinstance(raw, dict) or not isinstance(raw.get("units"), list):
        return raw
    return {**raw, "units": [_IN_ORDER if _is_plain(unit) else without_plain_units(unit) for unit in raw["units"]]}


def _is_plain(unit: object) -> bool:
    if not isinstance(unit, dict) or not unit.keys() <= {"name", "quota"}:
        return False
    name, quota = unit.get("name"), unit.get("quota", {})
    named = isinstance(name, str) and name.isprintable() and not name.isspace() and name != ""
    return named and isinstance(quota, dict) and all(map(is_plain_number, quota.values()))


def is_plain_number(value: object) -> bool:
    """Whether a value is plainly a whole number above 0, of nine digits at most; False is no judgement."""
    return type(value) is str and value.isdigit() and value.isascii() and len(value) < 10 and value[0] != "0"


class BranchFile(_Branches):
    """A file that a quota file includes: units only."""

    units: list[UnitSection] | None = None


class QuotaFile(_Branches):
    """The quota file of sangkien."""

    programme: Text = Field(description="the programme's name")
    language: Language = Field(default="en", description="words and number style of the reports")
    timezone: Text = Field(default="Asia/Ho_Chi_Minh", description="an IANA time zone")
    percent: PercentSection = PercentSection()
    phases: dict[str, PhaseSection] = Field(min_length=1, description="by id ([a-z0-9-]+); they do not overlap")
    campaigns: dict[str, CampaignSection] | None = Field(default=None, description="by id ([a-z0-9-]+)")
    exports: ExportsSection
    count: CountSection = CountSection()
    bases: dict[str, Text] | None = Field(
        default=None,
        min_length=1,
        description="by id ([a-z0-9-]+) the names of several bases of quotas; first = default",
    )
    also_count: dict[str, AlsoCountSection] | None = Field(
        default=None, description="by id ([a-z0-9-]+) further tallies shown beside done"
    )
    targets: list[TargetSection] | None = Field(default=None, description="what is asked of units beside quotas")
    returns: ReturnsSection | None = None
    document: DocumentSection | None = None
    near: Near = Field(default=Decimal(90), description="percent from which a unit is near")
    units: list[UnitSection] | None = Field(
        default=None, min_length=1, description="the tree; several roots are allowed"
    )
    also: dict[str, Texts] | None = Field(default=None, description="by unit id further spellings")


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the quota file, for editors that complete and check YAML."""
    schema = QuotaFile.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = SCHEMA_ID
    one = [{"type": "string"}, {"$ref": "#/$defs/UnitsFromSection"}]
    for section in (schema, *schema["$defs"].values()):
        if units_from := section.get("properties", {}).get("units_from"):
            units_from["anyOf"] = [*one, {"type": "array", "items": {"anyOf": one}, "minItems": 1}]
    identifier = {"pattern": "^[a-z0-9-]+$"}
    for name in ("phases", "campaigns", "bases", "also_count"):
        section = schema["properties"][name]
        for part in section.get("anyOf", [section]):
            if part.get("type") == "object":
                part["propertyNames"] = identifier
    return schema
