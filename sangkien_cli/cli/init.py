"""`sangkien init`: a first quota file from exports, and from a spreadsheet of quotas."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sangkien_cli.cli import options
from sangkien_cli.cli.language import MESSAGES, help_text
from sangkien_cli.cli.reading import ReadingBar
from sangkien_cli.errors import Problem, SangkienError
from sangkien_cli.lang import say

if TYPE_CHECKING:
    from sangkien_cli.lang import Sentence
    from sangkien_cli.pipeline import Counted
    from sangkien_cli.proposal import Asker, Proposal

_DEFAULT = "sangkien.yaml"  # where the other commands look for a quota file


def init(
    exports: Annotated[
        list[str] | None, typer.Argument(metavar="EXPORT", help=help_text("init_exports"), show_default=False)
    ] = None,
    output: Annotated[str | None, typer.Option("--output", "-o", metavar="FILE", help=help_text("init_output"))] = None,
    quotas: Annotated[str | None, typer.Option("--quotas", metavar="FILE", help=help_text("init_quotas"))] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=help_text("init_yes"))] = False,
    force: Annotated[bool, typer.Option("--force", help=help_text("init_force"))] = False,
    limit: options.Limit = None,
    password_env: options.PasswordEnv = None,
    lang: options.Language = None,
) -> int:
    """Write the quota file and say what was found; exit 0."""
    language = options.language(lang)
    access = options.access(limit, password_env)
    target = Path(output or _DEFAULT)
    if target.exists() and not force:
        raise SangkienError(Problem(str(target), say("init.exists"), say("init.exists.fix")))
    from sangkien_cli.cli.writing import write_outputs
    from sangkien_cli.config import load_config
    from sangkien_cli.exports import export_paths
    from sangkien_cli.phases import today
    from sangkien_cli.pipeline import count
    from sangkien_cli.proposal import Wish, propose
    from sangkien_cli.proposal.propose import ZONE
    from sangkien_cli.render.files import check_outputs
    from sangkien_cli.render.proposal import render_proposal

    sheet = None if quotas is None else Path(quotas)
    check_outputs([target], [*export_paths(None, exports), *([sheet] if sheet else [])])
    wish = Wish(exports or [], sheet, target, language, today(ZONE))
    ask = _asker(yes=yes)
    # A bar that goes on beside a question would write over it.
    with ReadingBar() if not ask.answers else nullcontext() as bar:
        proposal = propose(wish, ask, access, bar.tell if bar else lambda _: None)
    sources = [*(exports or []), *([quotas] if quotas else [])]
    content = render_proposal(proposal, str(target), sources, language).encode()
    # A file that could not be used must not be put in place: it is read, and counted with, first.
    config = load_config(target, {target.resolve(): content}, access)
    with ReadingBar() as bar:
        counted = count(config, tell=bar.tell, access=access)
    write_outputs({target: content})
    _summarise(proposal, counted, target)
    return 0


def _asker(*, yes: bool) -> Asker:
    """The person at the terminal, if there is one and they want to be asked."""
    if yes or not (sys.stdin and sys.stdin.isatty() and sys.stderr.isatty()):
        from sangkien_cli.proposal import BestGuess

        return BestGuess()
    from sangkien_cli.cli.asking import Person

    return Person(MESSAGES)


def _summarise(proposal: Proposal, counted: Counted, target: Path) -> None:
    """What was found, and what is to be done next."""
    rows, config = counted.report.rows, counted.report.config
    phases = tuple(
        say("init.done.phase", name=phase.name, days=say("init.days", start=phase.start, end=phase.end))
        for phase in config.phases
    )
    options.say_aside(say("init.done", file=str(target), sheets=proposal.sheets, rows=proposal.rows))
    options.say_aside(say("init.done.units", units=len(config.units), number=len(phases), phases=phases))
    options.say_aside(_what_counts(proposal))
    options.say_aside(say("init.done.counted", counted=rows.counted))
    for reason, number in rows.set_aside.items():
        options.say_aside(say("init.done.reason", rows=number, why=say(f"reason.{reason.value}")))
    if proposal.maybes:
        options.say_aside(say("init.done.maybe", units=proposal.maybes, file=str(target)))
    for note in proposal.notes:
        options.say_aside(note)
    for place, what in dict.fromkeys((each.place, each.what) for each in (*proposal.told, *counted.notes)):
        options.say_aside(what, place)
    options.say_aside(say("init.done.next"))
    if proposal.doubts:
        options.say_aside(say("init.done.doubts", file=str(target), doubts=proposal.doubts, guess=say("init.guess")))
    options.say_aside(say("init.done.report", file=str(target)))
    options.say_aside(say("init.done.unknown", file=str(target)))


def _what_counts(proposal: Proposal) -> Sentence:
    """Which statuses count, or that all do."""
    if proposal.statuses is None:
        return proposal.every_row
    counted = tuple(each.text for each in proposal.statuses.value if each.counts)
    if not counted:
        return say("init.done.every_row", why=proposal.statuses.why)
    return say("init.done.statuses", statuses=counted)
