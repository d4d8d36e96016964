"""The language of messages and help, which must be known before the options are even defined."""

from __future__ import annotations

import locale
import os
import sys
from collections.abc import Mapping, Sequence

from sangkien_cli.lang import LANGUAGES, Lang, phrase


def given_language(arguments: Sequence[str]) -> Lang | None:
    """The language after `--lang`, which may stand before or behind the command; the last one wins."""
    given: Lang | None = None
    for argument, following in zip(arguments, [*arguments[1:], ""], strict=False):
        value = argument.removeprefix("--lang=") if argument.startswith("--lang=") else following
        if argument == "--lang" or argument.startswith("--lang="):
            given = next((lang for lang in LANGUAGES if lang == value), given)
    return given


def choose_language(arguments: Sequence[str], environment: Mapping[str, str]) -> Lang:
    """`--lang`, then SANGKIEN_LANG, then a Vietnamese locale, then English (contract §5).

    >>> choose_language(["report", "--lang=vi"], {}), choose_language([], {"LC_ALL": "vi_VN.UTF-8"})
    ('vi', 'vi')
    """
    if (given := given_language(arguments)) is not None:
        return given
    for lang in LANGUAGES:
        if environment.get("SANGKIEN_LANG") == lang:
            return lang
    return "vi" if _locale(environment).lower().startswith("vi") else "en"


def _locale(environment: Mapping[str, str]) -> str:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return value
    if sys.platform == "win32":  # pragma: no cover
        import ctypes

        return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
    return ""


GIVEN: Lang | None = given_language(sys.argv[1:])
MESSAGES: Lang = choose_language(sys.argv[1:], os.environ)


def help_text(key: str) -> str:
    """A sentence of the help, in the language of messages."""
    return phrase(f"help.{key}", MESSAGES)
