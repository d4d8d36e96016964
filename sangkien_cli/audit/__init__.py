"""Published figures checked by their arithmetic: the rules that print them, and what they would take."""

from sangkien_cli.audit.arithmetic import RULES, Arithmetic, Range, interval
from sangkien_cli.audit.finding import (
    AUDIT_SCHEMA,
    Against,
    Finding,
    Known,
    Summed,
    Verdict,
    agrees,
    audit,
    comes_out,
    is_by_data,
)
from sangkien_cli.audit.slips import Other, Quotas, Slip

__all__ = [
    "AUDIT_SCHEMA",
    "RULES",
    "Against",
    "Arithmetic",
    "Finding",
    "Known",
    "Other",
    "Quotas",
    "Range",
    "Slip",
    "Summed",
    "Verdict",
    "agrees",
    "audit",
    "comes_out",
    "interval",
    "is_by_data",
]
