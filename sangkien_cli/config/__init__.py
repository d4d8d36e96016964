"""The quota file: YAML in, a `Config` out, or every error of the file at once."""

from sangkien_cli.config.load import load_config

__all__ = ["load_config"]
