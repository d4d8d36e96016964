"""Changes to a quota file keep everything else of it: examples by the layouts that people use, and laws for any layout.

Every example holds for each line end, with and without one at the end of the file, and for both of PyYAML's parsers.
"""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import LCSseq

from sangkien_cli import marks
from sangkien_cli.config.edit import AddTexts, SetNumber, diff, edited
from sangkien_cli.errors import SangkienError
from sangkien_cli.marks import Path, Raw, read_yaml

Change = SetNumber | AddTexts
LOADERS = [marks._Loader, yaml.SafeLoader]  # libyaml's, and the one for machines without it

bounded = settings(max_examples=150, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])


def also(*texts: str, unit: Path = ("units", 0)) -> AddTexts:
    return AddTexts((*unit, "also"), texts)


def quota(number: int, phase: str = "gd1", unit: Path = ("units", 0)) -> SetNumber:
    return SetNumber((*unit, "quota", phase), number)


# What it shows, the changes, and the file's lines: those that go (-), those that come (+), and those that stay.
EXAMPLES: dict[str, tuple[list[Change], str]] = {
    "a number in braces": (
        [quota(7)],
        """\
-units: [{name: A, quota: { gd1:  250 , gd2: 500}}]   # hai giai đoạn
+units: [{name: A, quota: { gd1:  7 , gd2: 500}}]   # hai giai đoạn
""",
    ),
    "a number in a line of its own": (
        [quota(7)],
        """\
 units:
 - name: A
   quota:
-     gd1:  250\t# giao
+     gd1:  7\t# giao
      gd2: 500
""",
    ),
    "a number that was typed in quotes or with a comma becomes plain": (
        [quota(5000), quota(600, "gd2"), quota(700, "gd3")],
        """\
-units: [{name: A, quota: {gd1: 5,000, gd2: '600', gd3: 7.00}}]
+units: [{name: A, quota: {gd1: 5000, gd2: 600, gd3: 700}}]
""",
    ),
    "a number that stands there already": (
        [quota(250)],
        """\
 units: [{name: A, quota: {gd1: 250}}]
""",
    ),
    "the last of two numbers for one place": (
        [quota(1), quota(2)],
        """\
-units: [{name: A, quota: {gd1: 250}}]
+units: [{name: A, quota: {gd1: 2}}]
""",
    ),
    "a phase more": (
        [quota(500, "gd2", ("units", i)) for i in range(3)],
        """\
 units:
-  - {name: A, quota: {gd1: 250}}
-  - {name: B, quota: {gd1: 9, }}
+  - {name: A, quota: {gd1: 250, gd2: 500}}
+  - {name: B, quota: {gd1: 9, gd2: 500, }}
   - name: C
     quota:
       gd1: 250   # giao
+      gd2: 500

     members: 9
""",
    ),
    "a quota where none is written": (
        [quota(7, unit=("units", i)) for i in range(7)],
        """\
 units:
 - name: A
-  quota:   # sẽ giao
+  quota: {gd1: 7}   # sẽ giao
 - name: B
-  quota: ~ # sẽ giao
+  quota: {gd1: 7} # sẽ giao
 - name: C
-  quota: {}
-- {name: D, quota: , members: 5}
-- {name: E, quota}
-- {name: F, quota: {gd1: }}
-- {name: G, quota # sau: này
+  quota: {gd1: 7}
+- {name: D, quota: {gd1: 7} , members: 5}
+- {name: E, quota: {gd1: 7}}
+- {name: F, quota: {gd1: 7 }}
+- {name: G, quota: {gd1: 7} # sau: này
   }
""",
    ),
    "a blank phase in a line of its own": (
        [quota(7)],
        """\
 units:
   - name: A
     quota:
-      gd1:
+      gd1: 7
       gd2: 5
""",
    ),
    "a unit without a quota": (
        [quota(7), quota(8, "gd2"), quota(9, unit=("units", 1))],
        """\
 units:
-  - {name: A}
+  - {name: A, quota: {gd1: 7, gd2: 8}}
   - name: B  # huyện
+    quota: {gd1: 9}
""",
    ),
    "new keys stand above the units below, in the usual order": (
        [quota(7), also("X")],
        """\
 units:
   - name: A    # tỉnh
+    also: [X]
     members: 50
+    quota: {gd1: 7}

     # các huyện
     units:
       - {name: B}
""",
    ),
    "new keys in braces before the units below": (
        [also("X"), quota(7), also("Y", unit=("units", 0, "units", 0))],
        """\
-units: [{name: A, units: [{name: B, members: 5}]}]
+units: [{name: A, also: [X], quota: {gd1: 7}, units: [{name: B, also: [Y], members: 5}]}]
""",
    ),
    "the units below come first": (
        [also("X"), also("Y", unit=("units", 0, "units", 0))],
        """\
 units:
   - units:
       - name: B
+        also: [Y]
     name: A
+    also: [X]
""",
    ),
    "a spelling more in brackets": (
        [also("C", "A", "D"), also("X", unit=("units", 1)), also("X", unit=("units", 2))],
        """\
 units:
-  - {name: A, also: [A, B], members: 5}
-  - {name: B, also: [ A , ]}
-  - {name: C, also: []}
+  - {name: A, also: [A, B, C, D], members: 5}
+  - {name: B, also: [ A, X , ]}
+  - {name: C, also: [X]}
""",
    ),
    "brackets over several lines, filled": (
        [also("X")],
        """\
 units:
   - name: A
     also: [A, B,   # một
-           C]   # hai
+           C, X]   # hai
""",
    ),
    "brackets with a line for each spelling": (
        [also("X", "Y"), also("X", "Y", unit=("units", 1)), also("X", unit=("units", 2))],
        """\
 units:
   - name: A
     also: [
       B,   # một
       C,   # hai
+      X,
+      Y,
     ]
   - name: B
     also: [
       B,
-      C   # hai
+      C,   # hai
+      X,
+      Y
     ]
   - name: C
     also: [
       B,
-      C]
+      C,
+      X]
""",
    ),
    "braces with a line for each key": (
        [also("X"), quota(7)],
        """\
 units:
   - {
       name: A,   # tỉnh
-      members: 5
+      also: [X],
+      members: 5,
+      quota: {gd1: 7}
     }
""",
    ),
    "commas in front": (
        [also("X"), quota(7)],
        """\
 units:
   - { name: A
     , also: [ B
-            , C ]   # hai
+            , C, X ], quota: {gd1: 7}   # hai
     }
""",
    ),
    "a list with dashes": (
        [also("X", "Y, Z"), also("X", unit=("units", 1))],
        """\
 units:
   - name: A
     also:
     - B  # một

     - C  # hai
+    - X
+    - Y, Z
     # hết
     members: 5
   - name: B
     also:
         - B
+        - X
""",
    ),
    "one spelling without a list": (
        [also("X", unit=("units", i)) for i in range(4)],
        """\
 units:
   - name: A
-    also: Ấ   # cũ
-  - {name: B, also: 'B, C'}
+    also: [Ấ, X]   # cũ
+  - {name: B, also: ['B, C', X]}
   - name: C
-    also: B, C
+    also: ['B, C', X]
   - name: D
-    also: "B\\tC"
+    also: ["B\\tC", X]
""",
    ),
    "a spelling over two lines": (
        [also("X"), also("Y", unit=("units", 1))],
        """\
 units:
   - name: A
-    also: Trường
-      Hoà Bình   # cũ
+    also: [Trường Hoà Bình, X]   # cũ
   - name: B
-    also: >-
-      Trường
-      Hoà Bình
-
+    also: [Trường Hoà Bình, Y]
     members: 5
""",
    ),
    "a spelling that is known already": (
        [also("B"), also("C", unit=("units", 1)), also(unit=("units", 1)), AddTexts(("also", "x"), ())],
        """\
 units:
   - {name: A, also: B}
   - {name: B, also: ['C']}
""",
    ),
    "one spelling asked for twice": (
        [also("X", "X"), also("Y", "X")],
        """\
-units: [{name: A}]
+units: [{name: A, also: [X, Y]}]
""",
    ),
    "a name over several lines": (
        [also("X"), also("X", unit=("units", 1)), also("X", unit=("units", 2))],
        """\
 units:
   - name: LĐLĐ
       huyện A
     id: a
+    also: [X]
   - name: |
       B

+    also: [X]
     members: 5
   - name: |+
       C

+    also: [X]
     members: 5
""",
    ),
    "the top of the file gets a mapping at its end": (
        [AddTexts(("also", "dong-hy"), ("Đồng Hỉ", "Đồng Hỷ")), AddTexts(("also", "007"), ("X",))],
        """\
 programme: P   # tên
 units:
   - {name: A}
   # - {name: B}

 # hết
+also:
+  dong-hy: [Đồng Hỉ, Đồng Hỷ]
+  '007': [X]
""",
    ),
    "the last unit and the end of the file": (
        [AddTexts(("also", "b"), ("X",)), also("Y"), quota(7)],
        """\
 units:
   - name: A
+    also: [Y]
+    quota: {gd1: 7}
+also:
+  b: [X]
""",
    ),
    "a file between marks of YAML": (
        [AddTexts(("also", "b"), ("X",))],
        """\
 %YAML 1.1
 ---
 units:
   - name: A
+also:
+  b: [X]
 ...
 # hết
""",
    ),
    "a mapping at the top that is there": (
        [AddTexts(("also", "a"), ("X",)), AddTexts(("also", "b"), ("Y",)), AddTexts(("also", "c"), ("Z",))],
        """\
 also:
-    a: [B]
-    b: C   # cũ
+    a: [B, X]
+    b: [C, Y]   # cũ
+    c: [Z]

 programme: P
""",
    ),
    "a mapping at the top that is still empty": (
        [AddTexts(("also", "a"), ("X",)), AddTexts(("also", "b"), ("Y",))],
        """\
-also: {}   # học
+also:   # học
+  a: [X]
+  b: [Y]
 programme: P
""",
    ),
    "a mapping at the top that is blank": (
        [AddTexts(("also", "a"), ("X",))],
        """\
 also:   # học
+  a: [X]

 programme: P
""",
    ),
    "an empty mapping with a comment inside": (
        [AddTexts(("also", "a"), ("X",))],
        """\
 also: { # học
-  }
+  a: [X]}
 programme: P
""",
    ),
    "a file in braces": (
        [also("X"), AddTexts(("also", "a"), ("Y",))],
        """\
-{"programme":"P","units":[{"name":"A"}]}
+{"programme":"P","units":[{"name":"A", also: [X]}], also: {a: [Y]}}
""",
    ),
    "a unit in brackets without braces": (
        [also("X"), quota(7)],
        """\
-units: [name: A, name: B]
+units: [{name: A, also: [X], quota: {gd1: 7}}, name: B]
""",
    ),
    "anchors, tags and question marks": (
        [also("X"), quota(7), also("X", unit=("units", 1)), also("X", unit=("units", 2))],
        """\
 units:
   - &a
     name: A
     also: !!seq
      - B
-    quota: &q {}
+     - X
+    quota: &q {gd1: 7}
   - &b name: B
+    also: [X]
   - ? name
     : C
+    also: [X]
""",
    ),
    "letters beyond the first 65,536, and odd blanks": (
        [also("😀", "a\u00a0b"), quota(7)],
        """\
-units: [{name: 😀\u00a0A 😀, also: [𠀀], quota: {gd1: 1}}]  # 😀
+units: [{name: 😀\u00a0A 😀, also: [𠀀, 😀, a\u00a0b], quota: {gd1: 7}}]  # 😀
""",
    ),
    "quotes only where YAML needs them": (
        [
            also("LĐLĐ H. Đồng Hỷ (cũ)", "A, B", "x: y", "a #1", "- a", "5"),
            also("LĐLĐ H. Đồng Hỷ (cũ)", "A, B", "null", "2022-01-08", "'", "", " a", unit=("units", 1)),
        ],
        """\
 units:
-  - {name: A}
+  - {name: A, also: [LĐLĐ H. Đồng Hỷ (cũ), 'A, B', 'x: y', 'a #1', '- a', '5']}
   - name: B
     also:
       - C
+      - LĐLĐ H. Đồng Hỷ (cũ)
+      - A, B
+      - 'null'
+      - '2022-01-08'
+      - ''''
+      - ''
+      - ' a'
""",
    ),
}


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("ended", [True, False])
@pytest.mark.parametrize("name", EXAMPLES)
def test_a_change_touches_nothing_else(
    name: str, ended: bool, line_end: str, loader: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marks, "_Loader", loader)
    changes, lines = EXAMPLES[name]

    def laid(signs: str) -> str:
        text = line_end.join(line[1:] for line in lines.splitlines() if line[:1] in signs)
        text = text + line_end if ended else text
        return text if loader is not yaml.SafeLoader else text.replace("\t", " ")  # which takes no tabs

    assert edited(laid(" -"), "quota.yaml", changes) == laid(" +")


@pytest.mark.parametrize(
    "change",
    [
        quota(7, unit=("units", 1)),
        quota(7, unit=("units", -1)),
        quota(7, unit=("units", "0")),
        SetNumber(("units", 0, "name", "x"), 7),
        SetNumber(("units", 0, "quota"), 7),
        SetNumber((0,), 7),
        AddTexts(("units", 0, "quota"), ("X",)),
        AddTexts(("x", "y", "z"), ("X",)),
        SetNumber(("units", 0, "x", 0), 7),
    ],
)
def test_a_path_that_leads_nowhere_is_a_bug(change: Change) -> None:
    with pytest.raises(KeyError):
        edited("units: [{name: A, quota: {gd1: 1}}]", "quota.yaml", [change])


def test_two_changes_of_one_place_that_exclude_each_other_are_a_bug() -> None:
    number = quota(7)
    for texts in (AddTexts(number.path, ("X",)), AddTexts(number.path[:-1], ("X",))):
        with pytest.raises(KeyError):
            edited("units: [{name: A}]", "quota.yaml", [number, texts])
        with pytest.raises(KeyError):
            edited("units: [{name: A}]", "quota.yaml", [texts, number])


@pytest.mark.parametrize("text", ["a: 'b", "a: 1\na: 2\nunits: [{name: A}]", "a: &x 1\nb: *x\nunits: [{name: A}]"])
def test_a_file_that_is_not_in_order_is_refused_as_ever(text: str) -> None:
    with pytest.raises(SangkienError):
        edited(text, "quota.yaml", [also("X")])


def test_an_empty_file_has_no_place_for_anything() -> None:
    for text in ("", "# nothing\n", "~\n", "text\n"):
        with pytest.raises(KeyError):
            edited(text, "quota.yaml", [AddTexts(("also",), ("X",))])


# --- laws -------------------------------------------------------------------------------------------------------

names = st.one_of(
    st.sampled_from(
        ["LĐLĐ huyện A", "A, B", "x: y", "#", "null", "7", "'", '"', "[a", "{", "- a", "a:b", "a?", "😀 b"]
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufeff"), min_size=1),
)
phases = st.sampled_from(["gd1", "gd2", "000", "name"])
numbers = st.integers(0, 9999)


@st.composite
def units(draw: st.DrawFn, depth: int = 2) -> dict[str, Raw]:
    """A unit as the YAML says it, its keys in any order."""
    unit: dict[str, Raw] = {"name": draw(names)}
    keys = draw(st.sets(st.sampled_from(["id", "also", "quota", "members", "units"])))
    if "id" in keys:
        unit["id"] = draw(names)
    if "also" in keys:
        unit["also"] = draw(st.one_of(st.none(), names, st.lists(names, max_size=3).map(list[Raw])))
    if "quota" in keys:
        amounts = st.one_of(st.none(), numbers.map(str))
        unit["quota"] = draw(st.one_of(st.none(), st.dictionaries(phases, amounts, max_size=3).map(dict[str, Raw])))
    if "units" in keys and depth:
        unit["units"] = list(draw(st.lists(units(depth - 1), min_size=1, max_size=3)))
    if "members" in keys:
        unit["members"] = str(draw(numbers))
    return {key: unit[key] for key in draw(st.permutations(list(unit)))}


@st.composite
def files(draw: st.DrawFn) -> dict[str, Raw]:
    """A quota file, as far as its layout matters here."""
    file: dict[str, Raw] = {"programme": draw(names), "units": list(draw(st.lists(units(), min_size=1, max_size=3)))}
    if draw(st.booleans()):
        lists = st.one_of(st.none(), names, st.lists(names, max_size=2).map(list[Raw]))
        file["also"] = draw(st.one_of(st.none(), st.dictionaries(names, lists, max_size=3).map(dict[str, Raw])))
    return {key: file[key] for key in draw(st.permutations(list(file)))}


def unit_paths(siblings: Raw, path: Path = ("units",)) -> list[Path]:
    assert isinstance(siblings, list)
    here = [(*path, position) for position in range(len(siblings))]
    below = [
        unit_paths(unit["units"], (*path, position, "units"))
        for position, unit in enumerate(siblings)
        if isinstance(unit, dict) and "units" in unit
    ]
    return here + [path for paths in below for path in paths]


@st.composite
def changes_to(draw: st.DrawFn, file: dict[str, Raw]) -> list[Change]:
    paths = st.sampled_from(unit_paths(file["units"]))
    known = file.get("also")
    keys = st.one_of(names, st.sampled_from(list(known))) if isinstance(known, dict) and known else names
    texts = st.lists(names, max_size=3).map(tuple)
    one = st.one_of(
        st.builds(lambda unit, texts: AddTexts((*unit, "also"), texts), paths, texts),
        st.builds(lambda unit, phase, number: SetNumber((*unit, "quota", phase), number), paths, phases, numbers),
        st.builds(lambda key, texts: AddTexts(("also", key), texts), keys, texts),
    )
    return draw(st.lists(one, min_size=1, max_size=6))


def put(file: Any, change: Change) -> None:
    """What a change means, said once more: the value in place becomes another."""
    if isinstance(change, AddTexts) and not change.texts:
        return
    *way, last = change.path
    for step in way:
        if isinstance(step, str) and file.get(step) is None:
            file[step] = {}
        file = file[step]
    if isinstance(change, SetNumber):
        file[last] = str(change.number)
        return
    old = file.get(last)
    have = old if isinstance(old, list) else [] if old is None else [old]
    new = [*have]
    for text in change.texts:
        if text not in new:
            new.append(text)
    file[last] = new if new != have else old


def reads_as(text: str, typed: str, loader: type) -> bool:
    try:
        node = yaml.compose(typed, Loader=loader)
    except yaml.YAMLError:
        return False
    assert node is not None
    first = node.value[0]
    return first.value == text and (bool(first.style) or text.casefold() not in {"", "~", "null"})


class Layout:
    """One of the many ways to type a value in YAML, drawn by chance."""

    def __init__(self, chance: random.Random, line_end: str) -> None:
        self.chance = chance
        self.line_end = line_end
        self.comments = 0

    def file(self, value: dict[str, Raw]) -> str:
        if self.chance.random() < 0.2:
            return self.flow(value, 1) + self.comment() + self.chance.choice(["", self.line_end])
        text = self.between(0) + self.line_end + self.block(value, 0).lstrip("\t")
        return text + self.chance.choice(["", self.line_end])

    def comment(self) -> str:
        if self.chance.random() < 0.6:
            return self.chance.choice(["", "", "  "])
        self.comments += 1
        return self.chance.choice([" ", "   ", "\t"]) + f"# {self.comments}: [{{'\"," + self.chance.choice(["", "\t#"])

    def between(self, indent: int) -> str:
        """Blank lines and lines of comment, or only the end of a line."""
        lines = [self.comment() for _ in range(self.chance.choice([0, 0, 0, 1, 2]))]
        marked = [" " * self.chance.randint(0, indent) + line.lstrip("\t") if line.strip() else "" for line in lines]
        return "".join(self.line_end + line for line in marked)

    def scalar(self, text: str, *, flow: bool) -> str:
        chosen = self.chance.choice([text, "'" + text.replace("'", "''") + "'"])
        if all(reads_as(text, f"[ {chosen} , x]" if flow else f"- {chosen}", loader) for loader in LOADERS):
            return chosen
        return '"' + "".join(c if c.isalnum() else f"\\U{ord(c):08x}" for c in text) + '"'

    def flow(self, value: Raw, indent: int) -> str:
        """A value within braces and brackets, which may lie on several lines."""
        if value is None:
            return self.chance.choice(["~", "null"])
        if isinstance(value, str):
            return self.scalar(value, flow=True)
        style = self.chance.choice(["line", "line", "filled", "lines"])
        deeper = indent + self.chance.randint(0, 3)
        new_line = f"{self.line_end}{' ' * deeper}"
        items = [self.flow(item, deeper) for item in value] if isinstance(value, list) else []
        if isinstance(value, dict):
            items = [self.flow_pair(key, below, deeper) for key, below in value.items()]
        opening, closing = "[]" if isinstance(value, list) else "{}"
        text = opening + (new_line if style == "lines" and items else self.chance.choice(["", " "]))
        for position, item in enumerate(items):
            last = position == len(items) - 1
            comma = self.chance.choice(["", "", ","]) if last else ","
            # A plain text that ends in a colon would take the comma for its own.
            text += item + (" " if item.endswith(":") or self.chance.random() < 0.1 else "") + comma
            if style == "lines" or (style == "filled" and self.chance.random() < 0.5):
                text += self.comment() + self.between(deeper) + (new_line if not last else self.line_end + " " * indent)
            else:
                text += " "
        return text + closing

    def flow_pair(self, key: str, value: Raw, indent: int) -> str:
        name = self.scalar(key, flow=True)
        if value is None and self.chance.random() < 0.5:
            return self.chance.choice([name, f"{name}: "])
        return f"{name}: {self.flow(value, indent)}"

    def block(self, value: Raw, indent: int) -> str:
        """What stands behind a key and its colon, or behind a dash."""
        if value is None:
            return self.chance.choice(["", " ~", " null"]) + self.comment()
        if isinstance(value, str):
            return f" {self.scalar(value, flow=False)}{self.comment()}"
        if not value or self.chance.random() < 0.3:
            return f" {self.flow(value, indent + 1)}{self.comment()}"
        before = f"{self.line_end}{' ' * indent}"
        if isinstance(value, dict):
            pairs = [f"{self.scalar(key, flow=True)}:{self.below(each, indent)}" for key, each in value.items()]
            return self.comment() + "".join(self.between(indent) + before + pair for pair in pairs)
        return self.comment() + "".join(self.between(indent) + before + self.dashed(item, indent) for item in value)

    def dashed(self, value: Raw, indent: int) -> str:
        if not isinstance(value, dict) or self.chance.random() < 0.3:
            return "-" + self.block(value, indent + self.chance.randint(1, 4))
        wide = self.chance.randint(1, 3)
        text = self.block(value, indent + 1 + wide)
        start = f"{self.line_end}{' ' * (indent + 1 + wide)}"
        return "-" + " " * wide + text.removeprefix(start) if text.startswith(start) else "-" + text

    def below(self, value: Raw, indent: int) -> str:
        least = 0 if isinstance(value, list) else 1
        return self.block(value, indent + self.chance.randint(least, 4))


@st.composite
def edits(draw: st.DrawFn) -> tuple[dict[str, Raw], str, list[Change]]:
    file = draw(files())
    layout = Layout(draw(st.randoms(use_true_random=False)), draw(st.sampled_from(["\n", "\r\n"])))
    return file, layout.file(file), draw(changes_to(file))


def copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: copied(each) for key, each in value.items()}
    return [copied(each) for each in value] if isinstance(value, list) else value


def is_sound(text: str, file: dict[str, Raw]) -> bool:
    """Whether a layout says what it was made of: a few odd names cannot stand in braces as they are."""
    try:
        return read_yaml(text, "").raw == file
    except SangkienError:
        return False


def comments(text: str) -> list[str]:
    return re.findall(r"# \d+: [^\r\n]*", text)


@bounded
@given(edits(), st.sampled_from(LOADERS))
def test_whatever_the_layout_only_what_was_asked_for_is_changed(
    edit: tuple[dict[str, Raw], str, list[Change]], loader: type
) -> None:
    file, text, changes = edit
    if loader is yaml.SafeLoader:  # which takes no tabs
        text = text.replace("\t", " ")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(marks, "_Loader", loader)
        assume(is_sound(text, file))
        new = edited(text, "quota.yaml", changes)
        meant = copied(file)
        for change in changes:
            put(meant, change)
        assert read_yaml(new, "").raw == meant
        assert edited(new, "quota.yaml", changes) == new
    old_lines, new_lines = re.split("\r?\n", text), re.split("\r?\n", new)
    assert len(old_lines) - LCSseq.similarity(old_lines, new_lines) <= len(changes)
    assert comments(new) == comments(text)
    assert "\r\n" not in text or not re.search("(?<!\r)\n", new)
    assert new.endswith("\n") == text.endswith("\n")


@bounded
@given(st.text(st.characters(codec="utf-8"), max_size=30))
@example("\x00\x1f\x7f\x85\ufeff\u2028")
@example("a\r\nb\tc ")
def test_any_text_reads_back_as_it_is(text: str) -> None:
    before = "also: {x: [a], y: a}\nunits: [{name: A, also: a}, {name: B}]\nmore:\n- a\n"
    changes = [
        AddTexts(path, (text,))
        for path in [
            ("also", "x"),
            ("also", "y"),
            ("also", text),
            also(unit=("units", 1)).path,
            ("more",),
            ("units", 0, "also"),
        ]
    ]
    file = read_yaml(before, "").raw
    for change in changes:
        put(file, change)
    assert read_yaml(edited(before, "quota.yaml", changes), "").raw == file


# --- the difference ---------------------------------------------------------------------------------------------


def test_a_difference_is_shown_as_diff_shows_it() -> None:
    old = "".join(f"{n}\n" for n in range(1, 21))
    new = old.replace("3\n4\n", "3\nnew\n4\n", 1).replace("\n12\n", "\nchanged\n").removesuffix("20\n") + "20"
    assert (
        diff(old, new, "quota.yaml")
        == """\
--- quota.yaml
+++ quota.yaml
@@ -1,6 +1,7 @@
 1
 2
 3
+new
 4
 5
 6
@@ -9,7 +10,7 @@
 9
 10
 11
-12
+changed
 13
 14
 15
@@ -17,4 +18,4 @@
 17
 18
 19
-20
+20
\\ No newline at end of file
"""
    )


def test_equal_texts_have_no_difference() -> None:
    assert diff("a\n", "a\n", "quota.yaml") == ""


def test_an_empty_text_differs_from_line_zero() -> None:
    assert diff("", "a\n", "q") == "--- q\n+++ q\n@@ -0,0 +1 @@\n+a\n"
    assert diff("a\r\nb\r\n", "", "q") == "--- q\n+++ q\n@@ -1,2 +0,0 @@\n-a\r\n-b\r\n"


def patched(old: str, difference: str) -> str:
    """The text with a difference applied, as `patch` does it, with all its context where it must be."""
    lines = re.findall("[^\n]*\n|[^\n]+", old)
    new: list[str] = []
    done = 0
    for hunk in re.split(r"^@@ ", difference, flags=re.MULTILINE)[1:]:
        head, *body = re.findall("(.*\n)(?:(\\\\).*\n)?", hunk)
        shown = [line.removesuffix("\n") if unended else line for line, unended in body]
        said = re.fullmatch(r"-(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@\n", head[0])
        assert said is not None
        gone, come = ([line[1:] for line in shown if line[0] in signs] for signs in (" -", " +"))
        assert [int(said[2] or 1), int(said[4] or 1)] == [len(gone), len(come)]
        first = int(said[1]) - (1 if gone else 0)
        new += lines[done:first]
        assert int(said[3]) - (1 if come else 0) == len(new)
        assert lines[first : first + len(gone)] == gone
        new += come
        done = first + len(gone)
    return "".join([*new, *lines[done:]])


few_lines = st.lists(st.sampled_from(["a\n", "b\n", "c\r\n", "\n", "d"])).map("".join)


@bounded
@given(few_lines, few_lines)
def test_a_difference_says_all(old: str, new: str) -> None:
    assert patched(old, diff(old, new, "q")) == new
