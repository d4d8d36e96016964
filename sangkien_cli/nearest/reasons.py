"""In what two names differ, and whether it is no more than a slip."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from sangkien_cli.lang import Sentence, say
from sangkien_cli.nearest.names import ALIKE, NUMBER, SHOWN, UNION, Guess, Name, group_of

_CUTOFF = 75  # of 100, likeness of two words
_TOLD = 3  # differences


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two names differ: words of the typed one from `start` on, and those of the other in their place."""

    typed: Sequence[str]
    name: Sequence[str]
    start: int
    instead: int  # where the other's begin

    def are(self, group: str) -> bool:
        """Whether all of its words are of one group."""
        return {*map(group_of, (*self.typed, *self.name))} == {group}

    @property
    def is_small(self) -> bool:
        """Whether it is a slip of the keyboard, another type, or what staff leave out or add."""
        if not self.typed or not self.name:
            return all(map(group_of, (*self.typed, *self.name)))
        typed, name = " ".join(self.typed), " ".join(self.name)
        return self.are("type") or (self.are("union") and UNION in (typed, name)) or _are_alike(typed, name)


_Step = tuple[int, int, int, int]  # from and to in the typed name, from and to in the other


def _differing(typed: Sequence[str], name: Sequence[str], steps: Sequence[_Step]) -> list[Difference]:
    """What stands between two equal parts: word by word where it can be, as a whole where that is a slip."""
    start, stop, instead, end = steps[0][0], steps[-1][1], steps[0][2], steps[-1][3]
    if stop - start == end - instead:
        pairs = range(stop - start)
        return [Difference(typed[start + at :][:1], name[instead + at :][:1], start + at, instead + at) for at in pairs]
    whole = Difference(typed[start:stop], name[instead:end], start, instead)
    if whole.typed and whole.name and whole.is_small:
        return [whole]
    return [Difference(typed[one:two], name[three:four], one, three) for one, two, three, four in steps]


@lru_cache(maxsize=1 << 16)
def _are_alike(typed: str, name: str) -> bool:
    """Whether two words differ by a slip of the keyboard."""
    from rapidfuzz import fuzz
    from rapidfuzz.distance import OSA

    if NUMBER.fullmatch(typed) and NUMBER.fullmatch(name):
        return False
    return OSA.distance(typed, name, score_cutoff=1) <= 1 or fuzz.ratio(typed, name) >= _CUTOFF


def may_be_slip(typed: Sequence[str], name: Sequence[str]) -> bool:
    """Whether the words in which two names differ could be alike: asked first, for most are not."""
    both = _without(typed, name), _without(name, typed)
    telling = [[word for word in words if not group_of(word)] for words in both]
    if not any(telling):
        return True
    ours, theirs = (some or words for some, words in zip(telling, both, strict=True))
    return _are_alike("".join(ours), "".join(theirs)) or _are_alike(" ".join(both[0]), " ".join(both[1]))


def _without(words: Sequence[str], others: Sequence[str]) -> list[str]:
    """What is left of some words when others are taken from them, from the end on, each as often as it occurs."""
    left = list(reversed(words))
    for word in others:
        if word in left:
            left.remove(word)
    return left[::-1]


@dataclass(frozen=True, slots=True)
class Aligned:
    """A typed name beside one that it is near to."""

    typed: Name
    name: Name
    equal: Sequence[tuple[int, int, int]]  # words that are equal without accents: from, to, and where in the other name
    differing: Sequence[Difference]

    @classmethod
    def of(cls, typed: Name, name: Name) -> Aligned:
        from rapidfuzz.distance import Levenshtein

        equal: list[tuple[int, int, int]] = []
        differing: list[Difference] = []
        ours, theirs = typed.key.words, name.key.words
        if ours == theirs:
            return cls(typed, name, [(0, typed.starts[-1], 0)], [])
        for is_equal, steps in groupby(Levenshtein.opcodes(ours, theirs), key=lambda step: step.tag == "equal"):
            found = [(each.src_start, each.src_end, each.dest_start, each.dest_end) for each in steps]
            if is_equal:
                equal += [(typed.starts[start], typed.starts[stop], name.starts[to]) for start, stop, to, _ in found]
            else:
                differing += _differing(ours, theirs, found)
        return cls(typed, name, equal, differing)

    @property
    def is_spacing(self) -> bool:
        """Whether they differ only in where words are set apart."""
        ours = "".join(word for each in self.differing for word in each.typed).replace(" ", "")
        return bool(ours) and ours == "".join(word for each in self.differing for word in each.name).replace(" ", "")

    def is_slip(self, order: int) -> bool:
        """Whether they differ in no more than slips of the keyboard, types, and what staff leave out or add."""
        if len(self.differing) > _TOLD or any(map(self._is_far_fetched, self.differing)):
            return False
        doubtful = [each for each in self.differing if order == ALIKE or (each.typed and each.name)]
        return all(each.is_small for each in doubtful) or self.is_spacing

    def _is_far_fetched(self, difference: Difference) -> bool:
        """Whether a word is taken for another one, and is not the other name's even so."""
        if not self.typed.guesses or not difference.name or all(map(group_of, (*difference.typed, *difference.name))):
            return False
        start, stop = (self.typed.starts[difference.start + more] for more in (0, len(difference.typed)))
        return any(start <= guess.start < stop for guess in self.typed.guesses)

    def why(self) -> Sentence:
        """In what they differ."""
        guesses = list(self._guesses())
        told = [
            *(self._guessed(guess, instead) for guess, instead in guesses),
            *self._accents({at for guess, _ in guesses if guess.is_slip for at in range(guess.start, guess.stop)}),
            *(self._spacing() if self.is_spacing else self._differences()),
        ]
        if len(told) > _TOLD:
            return say("near.much")
        return told[0] if len(told) == 1 else say("near.several", parts=tuple(told)) if told else say("near.same")

    def _guesses(self) -> Iterator[tuple[Guess, int]]:
        """The guesses by which words are equal, with where those words stand in the other name."""
        for guess in self.typed.guesses:
            for start, stop, instead in self.equal:
                if start <= guess.start and guess.stop <= stop:
                    yield guess, guess.start - start + instead

    def _guessed(self, guess: Guess, instead: int) -> Sentence:
        if not guess.is_slip:
            return say("near.may_mean", short=guess.typed, long=guess.meant)
        # A place may be called like a usual word but for its accents: Hưng Phương, phường.
        meant = self.name.shown[instead] if guess.stop - guess.start == 1 else guess.meant
        return say("near.other_word", typed=guess.typed, name=meant)

    def _accents(self, told: Container[int]) -> Iterator[Sentence]:
        """Where the accents differ, but for words of which something is `told` already."""
        ours, theirs = self.typed.folded, self.name.folded
        differing = [
            (at, at - start + instead)
            for start, stop, instead in self.equal
            if ours[start:stop] != theirs[instead : instead + stop - start]
            for at in range(start, stop)
            if ours[at] != theirs[at - start + instead] and at not in told
        ]
        if accented := [(one, two) for one, two in differing if not ours[one].isascii()]:
            shown = tuple(f"{self.typed.shown[one]} / {self.name.shown[two]}" for one, two in accented)
            yield say("near.accents", pairs=shown)
        elif differing:
            yield say("near.no_accents")

    def _spacing(self) -> Iterator[Sentence]:
        typed = " ".join(self._typed(each) for each in self.differing if each.typed)
        name = " ".join(self._name(each) for each in self.differing if each.name)
        yield say("near.spacing", typed=typed, name=name)

    def _differences(self) -> Iterator[Sentence]:
        lacking = [each for each in self.differing if not each.typed]
        extra = [each for each in self.differing if not each.name]
        keys = ("near.no_type", "near.extra_type"), ("near.missing", "near.extra")
        for are_types, (too_few, too_many) in zip((True, False), keys, strict=True):
            if words := tuple(self._name(each) for each in lacking if each.are("type") == are_types):
                yield say(too_few, words=words)
            if words := tuple(self._typed(each) for each in extra if each.are("type") == are_types):
                yield say(too_many, words=words)
        for each in self.differing:
            if each.typed and each.name:
                typed, name = self._typed(each), self._name(each)
                if each.are("type"):
                    yield say("near.other_type", typed=typed, name=name)
                elif len(each.typed) == len(each.name) == 1:
                    yield say("near.other_word", typed=typed, name=name)
                else:
                    yield say("near.other_words", typed=typed, name=name)

    def _typed(self, difference: Difference) -> str:
        return _shown(self.typed, difference.start, difference.typed)

    def _name(self, difference: Difference) -> str:
        return _shown(self.name, difference.instead, difference.name)


def _shown(name: Name, start: int, words: Sequence[str]) -> str:
    """Some words of a name, from that at `start` on."""
    return " ".join(
        SHOWN.get(word) or " ".join(name.shown[name.starts[at] : name.starts[at + 1]])
        for at, word in enumerate(words, start=start)
    )
