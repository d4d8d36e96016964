"""Published figures: what they are, and reading them from YAML, CSV and Excel."""

from sangkien_cli.claims.model import Claim, Hedge, Hedging, Kind, Part, Printed
from sangkien_cli.claims.read import ClaimsFile, read_claims

__all__ = ["Claim", "ClaimsFile", "Hedge", "Hedging", "Kind", "Part", "Printed", "read_claims"]
