"""How fast a unit goes in a window of days, and where that leads (contract §9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache

RECENT_DAYS = 28  # over which the recent pace is the mean


def first_recent_day(start: date, as_of: date) -> date:
    """The first of the last days of a window that began at `start`; they are as many as there are."""
    return max(start, as_of - timedelta(days=RECENT_DAYS - 1))


@lru_cache(maxsize=1 << 12)  # thousands of small units share a few
def pace_of(start: date, end: date, as_of: date, done: int, quota: int | None, recent: int | None) -> Pace | None:
    """The pace in a window of days, both ends inclusive; None if it is over or has not begun.

    `recent` are the submissions since `first_recent_day`.
    """
    if not start <= as_of <= end:
        return None
    return Pace(
        days=(end - start).days + 1,
        day=(as_of - start).days + 1,
        done=done,
        quota=quota,
        recent=recent,
        recent_days=(as_of - first_recent_day(start, as_of)).days + 1,
    )


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a unit goes in a window that has begun and is not over.

    A day is over at its end: on day 10 of 40, 30 days are left.
    """

    days: int  # in the window
    day: int  # today's number in it, from 1
    done: int
    quota: int | None
    recent: int | None  # submissions of the last `recent_days` days; None where rows without a date count
    recent_days: int  # 28, or as many as there are

    @property
    def days_left(self) -> int:
        """Days after today."""
        return self.days - self.day

    @property
    def expected(self) -> Fraction | None:
        """What would be there by now if the quota came in evenly."""
        return None if self.quota is None else Fraction(self.quota * self.day, self.days)

    @property
    def needed_per_day(self) -> Fraction | None:
        """What must come in on each day left to reach the quota; None without a quota or a day left."""
        if self.quota is None or not self.days_left:
            return None
        return Fraction(max(self.quota - self.done, 0), self.days_left)

    @property
    def recent_per_day(self) -> Fraction | None:
        """The mean of the last days."""
        return None if self.recent is None else Fraction(self.recent, self.recent_days)

    @property
    def forecast(self) -> Fraction | None:
        """What will be there in the end if it goes on like in the last days."""
        if not self.days_left:
            return Fraction(self.done)
        per_day = self.recent_per_day
        return None if per_day is None else self.done + per_day * self.days_left

    @property
    def on_track(self) -> bool | None:
        """Whether the forecast reaches the quota; a quota that is reached needs no forecast."""
        if self.quota is None:
            return None
        if self.done >= self.quota or not self.days_left:
            return self.done >= self.quota
        # `forecast` >= `quota` in whole numbers: asked of every unit, and fractions take their time.
        return (
            None if self.recent is None else (self.quota - self.done) * self.recent_days <= self.recent * self.days_left
        )

    @property
    def days_to_quota(self) -> int | None:
        """After how many more days like the last ones the quota is reached; 0 = it is; None = never, or unknown."""
        if self.quota is None:
            return None
        if self.done >= self.quota:
            return 0
        return -(-(self.quota - self.done) * self.recent_days // self.recent) if self.recent else None
