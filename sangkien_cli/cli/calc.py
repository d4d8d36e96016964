"""`sangkien calc DONE QUOTA`: one line of attainment, from two numbers."""

from __future__ import annotations

from typing import Annotated, get_args

import typer

from sangkien_cli.cli import options
from sangkien_cli.cli.language import help_text
from sangkien_cli.model import PercentRule, Rounding


def calc(
    done: Annotated[str, typer.Argument(metavar="DONE", help=help_text("done"))],
    quota: Annotated[str, typer.Argument(metavar="QUOTA", help=help_text("quota"))],
    decimals: Annotated[str, typer.Option("--decimals", metavar="0–6", help=help_text("decimals"))] = "1",
    rounding: Annotated[
        str, typer.Option("--rounding", metavar="half-up|down|up|half-even", help=help_text("rounding"))
    ] = "half-up",
    lang: options.Language = None,
) -> None:
    """Print one line; exit 0."""
    from sangkien_cli import attain

    counted = options.whole_number("DONE", done, "5000")
    asked = options.whole_number("QUOTA", quota, "5000")
    digits = options.whole_number("--decimals", decimals, "1")
    if digits > 6:
        raise options.fail("--decimals", "option.decimals", text=decimals)
    rule = next((rule for rule in get_args(Rounding) if rule == rounding), None)
    if rule is None:
        raise options.fail("--rounding", "option.rounding", text=rounding, rules=get_args(Rounding))
    percent = attain.percent(counted, asked, PercentRule(digits, rule))
    print(attain.figure(counted, asked, percent, options.language(lang)))
