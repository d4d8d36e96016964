"""`sangkien demo`: the main job on the sample data that comes with the program."""

from __future__ import annotations

from sangkien_cli.cli import options


def demo(lang: options.Language = None) -> int:
    """Print the report of Thái Nguyên on 27/4/2022 over synthetic rows; exit 0."""
    from sangkien_cli.cli.counting import Request, deliver, obtain
    from sangkien_cli.lang import say
    from sangkien_cli.samples import sample_folder

    quota_file = sample_folder() / "configs" / "thai-nguyen.yaml"
    request = Request(config=str(quota_file), as_of="2022-04-27", lang=lang)
    options.say_aside(say("demo.synthetic"))
    return deliver(request, obtain(request))
