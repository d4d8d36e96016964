"""A document made again and set beside the one in hand: what is the same, and what differs where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal

from sangkien_cli import __version__
from sangkien_cli.documents.again import Made, Wanted, again, in_the_words_of
from sangkien_cli.documents.order import Count, NotPossibleError, dialect
from sangkien_cli.lang import LANGUAGES, say
from sangkien_cli.model import UNIT, Config
from sangkien_cli.render.document import installed
from sangkien_cli.sheets.limits import Access
from sangkien_cli.verify.cells import Known, SheetChange, change_of
from sangkien_cli.verify.figures import FigureChange, figure_changes
from sangkien_cli.verify.places import Found, sha256_of
from sangkien_cli.verify.record import Record

if TYPE_CHECKING:
    import pandas as pd

    from sangkien_cli.compare.ledgers import LedgerChanges
    from sangkien_cli.exports import Exports

Kind = Literal["changed", "missing", "new", "renamed"]
# Of the ledger that was written with the document. `edited`: it is the recorded one, and does not come out so.
LedgerState = Literal["none", "same", "absent", "other", "edited"]


@dataclass(frozen=True, slots=True)
class SheetFinding:
    """A sheet of a changed file that differs."""

    sheet: str | None
    was: str | None  # its name then
    kind: Literal["changed", "gone", "new"]
    change: SheetChange | None  # None where no fingerprint tells


@dataclass(frozen=True, slots=True)
class InputChange:
    """An input, or a file that an option names, that is not what it was."""

    file: str
    kind: Kind
    rows_then: int | None  # None of a file that is not counted
    rows_now: int | None
    sha256_then: str | None
    sha256_now: str | None
    sheets: tuple[SheetFinding, ...] = ()
    now: str | None = None  # its name, of one that was renamed


@dataclass(frozen=True, slots=True)
class Version:
    """A version that is another one now; None = not installed, or not recorded."""

    name: str
    then: str | None
    now: str | None


@dataclass(frozen=True)
class Verdict:
    """What verifying a document found."""

    record: Record
    config: Config | None  # None = made without
    changed_config: tuple[str, ...]  # the quota file, and the files that it is made of, that are not what they were
    gone_config: tuple[str, ...]  # the files that it is no longer made of
    inputs: tuple[InputChange, ...]
    versions: tuple[Version, ...]
    impossible: NotPossibleError | None  # why it cannot be made again
    same: bool  # made again, it is the same to the byte
    figures: tuple[FigureChange, ...]
    ledger: LedgerChanges | None  # what the rows' verdicts were and are; None without an untouched ledger
    ledger_state: LedgerState
    made: Made | None
    astray: tuple[str, ...] = ()  # the files that its links do not lead to from where it lies now

    @property
    def sources_same(self) -> bool:
        """Whether quota file and inputs are what they were."""
        return not (self.changed_config or self.gone_config) and all(each.kind == "renamed" for each in self.inputs)

    @property
    def identical(self) -> bool:
        """Whether the document, and the ledger if it is there, come out of these inputs as they are."""
        return self.same and self.sources_same and self.ledger_state != "edited"

    @property
    def edited(self) -> bool | None:
        """Whether the document itself was changed after it was written; None where that cannot be told."""
        if self.record.edited is not None:
            return self.record.edited
        if self.same:
            return False
        return True if self.sources_same and not self.versions and self.impossible is None else None


def verify(record: Record, config: Config | None, found: Found, count: Count, access: Access) -> Verdict:
    """The document made again with this quota file, of these inputs. `count` counts them. Raises SangkienError."""
    changed_config, gone_config = _changed_config(record, config)
    another = bool(changed_config or gone_config)
    wanted = Wanted(
        command=record.command,
        as_of=record.as_of,
        options=record.options,
        name=record.name,
        ledger=None if record.ledger is None else {"path": record.ledger.path, "sha256": record.ledger.sha256},
        told=in_the_words_of(record.version, record.libraries, None if another else _config_entry(record)),
    )

    def find(name: str, sha256: str) -> Path | None:
        options = [option for option, each in record.named.items() if (each.path, each.sha256) == (name, sha256)]
        return found.beside.get(options[0]) if options else None

    impossible, made = None, None
    try:
        made = again(wanted, config, find, count if record.inputs else None, access)
    except NotPossibleError as error:
        impossible = error
    ledger_state, then = _ledger_then(record)
    same = made is not None and made.content == record.data
    inputs = (*_beside_changes(record, found), *_input_changes(record, found, made, then))
    sources_same = not another and all(each.kind == "renamed" for each in inputs)
    figures: tuple[FigureChange, ...] = ()
    if made is not None and not same:
        figures = figure_changes(record.data, made.content, record.command, record.options, config)
    changes = None
    if made is not None and made.counted is not None and then is not None:
        if sources_same and not _comes_out(record, then, made):
            ledger_state = "edited"
        if ledger_state == "edited" or not (same and sources_same):
            changes = _ledger_changes(then, made)
    return Verdict(
        record, config, changed_config, gone_config, inputs, tuple(_versions(record, made)), impossible, same, figures,
        changes, ledger_state, made, _astray(record),
    )  # fmt: skip


def _astray(record: Record) -> tuple[str, ...]:
    links = record.options.get("links")
    if not isinstance(links, Mapping):
        return ()
    return tuple(str(file) for file, path in links.items() if not (record.path.parent / str(path)).is_file())


def _config_entry(record: Record) -> Mapping[str, object] | None:
    """The quota file as the document names it."""
    if record.config is None:
        return None
    parts = [{"path": part.path, "sha256": part.sha256} for part in record.config.parts]
    return {"path": record.config.path, "sha256": record.config.sha256} | ({"parts": parts} if parts else {})


def _changed_config(record: Record, config: Config | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The files of the quota file that are others or new, and those that are gone."""
    if record.config is None or config is None:
        return (), ()
    changed = [config.path.name] if config.sha256 != record.config.sha256 else []
    then = {part.sha256 for part in record.config.parts}
    now = {part.sha256 for part in config.parts}
    changed += [part.path.name for part in config.parts if part.sha256 not in then]
    gone = [PurePosixPath(part.path).name for part in record.config.parts if part.sha256 not in now]
    return tuple(dict.fromkeys(changed)), tuple(dict.fromkeys(name for name in gone if name not in changed))


def _versions(record: Record, made: Made | None) -> list[Version]:
    counted = None if made is None else made.counted
    now = {} if counted is None else installed(counted.judged.exports.libraries)
    versions = [Version("sangkien-cli", record.version, __version__)]
    if counted is not None:
        names = sorted({*record.libraries, *now})
        versions += [Version(name, record.libraries.get(name), now.get(name)) for name in names]
    return [each for each in versions if each.then != each.now]


# --- inputs ------------------------------------------------------------------------------------------------------


def _beside_changes(record: Record, found: Found) -> list[InputChange]:
    """What differs of the files that options name."""
    changes = []
    for option, each in record.named.items():
        path = found.beside.get(option)
        if path is None:
            changes.append(InputChange(each.path, "missing", None, None, each.sha256, None))
            continue
        digest, now = sha256_of(path), None if path.name == each.path else path.name
        if digest != each.sha256:
            changes.append(InputChange(each.path, "changed", None, None, each.sha256, digest, now=now))
        elif now is not None:
            changes.append(InputChange(each.path, "renamed", None, None, None, None, now=now))
    return changes


def _gone(record: Record, found: Found) -> tuple[InputChange, ...]:
    """What differs of the inputs where nothing could be counted."""
    changes = [_missing(record, name) for name in found.missing]
    for name, path in found.named:
        recorded = record.files.get(name)
        now = sha256_of(path)
        if recorded is None:
            changes.append(InputChange(name, "new", None, None, None, now))
        elif now != recorded.sha256:
            changes.append(InputChange(name, "changed", _rows(record, name), None, recorded.sha256, now))
    return tuple(changes)


def _rows(record: Record, name: str) -> int:
    return sum(each.rows for each in record.inputs if each.path == name)


def _missing(record: Record, name: str) -> InputChange:
    return InputChange(name, "missing", _rows(record, name), None, record.files[name].sha256, None)


def _input_changes(
    record: Record, found: Found, made: Made | None, ledger: pd.DataFrame | None
) -> tuple[InputChange, ...]:
    counted = None if made is None else made.counted
    if made is None or made.config is None or counted is None:
        return _gone(record, found)
    exports = counted.judged.exports
    now = {each.path: each for each in counted.report.inputs}
    rows_now = {name: sum(sheet.rows for sheet in exports.sheets if sheet.file == name) for name in now}
    known = Known(exports, made.config, {} if ledger is None else _texts_of(ledger, exports))
    changes = [_missing(record, name) for name in found.missing]
    renamed = dict(found.renamed)
    for name, each in now.items():
        recorded = record.files.get(name)
        if recorded is None:
            changes.append(InputChange(name, "new", None, rows_now[name], None, each.sha256))
        elif recorded.sha256 != each.sha256:
            sheets = tuple(_sheet_findings(record, exports, name, known))
            then = _rows(record, name)
            digests = recorded.sha256, each.sha256
            changes.append(InputChange(name, "changed", then, rows_now[name], *digests, sheets, now=renamed.get(name)))
    same = {name: other for name, other in renamed.items() if now[name].sha256 == record.files[name].sha256}
    changes += [InputChange(name, "renamed", None, None, None, None, now=other) for name, other in same.items()]
    return tuple(sorted(changes, key=lambda change: change.file))


def _sheet_findings(record: Record, exports: Exports, file: str, known: Known) -> list[SheetFinding]:
    then = [each.sheet for each in record.inputs if each.path == file]
    positions = {sheet.name: at for at, sheet in enumerate(exports.sheets) if sheet.file == file}
    gone = [name for name in then if name not in positions]
    new = [name for name in positions if name not in then]
    pairs = {name: name for name in then if name in positions}
    if len(gone) == len(new) == 1:  # a sheet that was given another name
        pairs[gone[0]] = new[0]
        gone, new = [], []
    findings = []
    for was, name in pairs.items():
        rows = int(exports.row[exports.sheet == positions[name]].max(initial=0))
        fingerprint = record.fingerprint(file, was, rows)
        change = None if fingerprint is None else change_of(fingerprint, exports, positions[name], known)
        if was != name or change is None or not change.nothing:
            findings.append(SheetFinding(name, was, "changed", change))
    findings += [SheetFinding(None, name, "gone", None) for name in gone]
    findings += [SheetFinding(name, None, "new", None) for name in new]
    return findings


def _texts_of(ledger: pd.DataFrame, exports: Exports) -> Mapping[str, Sequence[str]]:
    """The texts that a ledger holds of the rows as they were, by column."""
    units = {text for texts in ledger["unit_text"].unique() for text in str(texts).split(" / ")}
    found: dict[str, Sequence[str]] = {name: sorted(units) for name in exports.texts if name.startswith(UNIT)}
    return found | {"code": sorted(set(map(str, ledger["code"])))}


# --- the ledger --------------------------------------------------------------------------------------------------


def _ledger_then(record: Record) -> tuple[LedgerState, pd.DataFrame | None]:
    """The ledger that was written with the document, if it is there and untouched."""
    if record.ledger is None:
        return "none", None
    path = record.path.parent / record.ledger.path
    if not path.is_file():
        return "absent", None
    if sha256_of(path) != record.ledger.sha256:
        return "other", None
    from sangkien_cli.compare.ledger_files import ledger_of

    return "same", ledger_of(path, path.read_bytes(), say("compare.ledger.fix"))


def _comes_out(record: Record, then: pd.DataFrame, made: Made) -> bool:
    """Whether the ledger, made again, is the one that lies there: its SHA-256 stands in a document that can be edited.

    In what is read from it, or, where a text does not read as it was written, to the byte.
    """
    if then.equals(_ledger_now(made)):
        return True
    from sangkien_cli.render.ledger import render_ledger_csv

    table, data = _ledger_of(made), ledger_place(record).read_bytes()
    dialects = (dialect(lang, excel=excel) for excel in (False, True) for lang in LANGUAGES)
    return any(render_ledger_csv(table, each) == data for each in dialects)


def _ledger_changes(then: pd.DataFrame, made: Made) -> LedgerChanges:
    from sangkien_cli.compare.ledgers import ledger_changes, outline

    assert made.config is not None
    return ledger_changes(then, _ledger_now(made), known=outline(made.config))


def _ledger_now(made: Made) -> pd.DataFrame:
    from sangkien_cli.compare.ledger_files import plain_ledger

    return plain_ledger(_ledger_of(made))


def _ledger_of(made: Made) -> pd.DataFrame:
    from sangkien_cli.ledger import ledger

    assert made.counted is not None
    assert made.config is not None
    return ledger(made.counted.judged, made.config)


def ledger_place(record: Record) -> Path:
    """Where the ledger that was written with a document should lie."""
    assert record.ledger is not None
    return record.path.parent / record.ledger.path
