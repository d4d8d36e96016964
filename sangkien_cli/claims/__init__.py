"""Published figures: what they are, and reading them from YAML, CSV and Excel."""

from sangkien_cli.claims.model import Claim, Hedge, Hedging, Kind, Part, Printed

__all__ = ["Claim", "Hedge", "Hedging", "Kind", "Part", "Printed"]
