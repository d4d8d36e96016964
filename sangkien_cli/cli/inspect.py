"""`sangkien inspect`: what the program sees in a file."""

from __future__ import annotations

import sys

from sangkien_cli.cli import options
from sangkien_cli.cli.language import MESSAGES
from sangkien_cli.errors import Note, show_problems


def inspect(
    exports: options.Exports = None,
    config: options.ConfigFile = None,
    format: options.InspectFormat = None,
    output: options.InspectOutput = None,
    limit: options.Limit = None,
    password_env: options.PasswordEnv = None,
    lang: options.Language = None,
) -> int:
    """Print what was seen; exit 0, or 2 if a file cannot be read."""
    language = options.language(lang)
    access = options.access(limit, password_env)
    kind = options.document_format(format, output, ("text", "json"))
    path = options.config_path_if_any(config)
    from sangkien_cli.cli.writing import write_outputs
    from sangkien_cli.config import load_config
    from sangkien_cli.exports import export_paths
    from sangkien_cli.inspection import inspect as look
    from sangkien_cli.render.files import check_outputs
    from sangkien_cli.render.inspect import render_inspect_json, render_inspect_text

    quota = None if path is None else load_config(path, access=access)
    notes: list[Note] = []
    paths = export_paths(quota, exports, notes)
    target = options.target(output)
    if target is not None:
        check_outputs([target], [*paths, *(quota.made_of if quota else ())])
    for note in notes:
        options.say_aside(note.what, note.place)
    files = look(paths, quota, access)
    document = render_inspect_json(files) if kind == "json" else render_inspect_text(files, language)
    if target is None:
        sys.stdout.write(document)
    else:
        write_outputs({target: document.encode()})
    refused = [problem for file in files for problem in file.problems]
    if refused:
        print(show_problems(refused, MESSAGES), file=sys.stderr)
    return 2 if refused else 0
