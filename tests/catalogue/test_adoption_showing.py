"""What has changed is marked word by word where a line was reworded, whole where it is another one."""

from __future__ import annotations

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from austausch.core.differences import marked

LINES = st.lists(st.text("abc <&\"'", max_size=12).map(str.strip).filter(bool), max_size=5)


def test_a_reworded_line_shows_its_words() -> None:
    (line,) = marked(["Alle zwei Jahre wird geprüft"], ["Alle drei Jahre wird geprüft"])
    assert line == "Alle <del>zwei</del><ins>drei</ins> Jahre wird geprüft"


def test_another_line_is_shown_whole() -> None:
    assert marked(["Häuser kennen"], ["Kinder in die Kita bringen"]) == [
        "<del>Häuser kennen</del>",
        "<ins>Kinder in die Kita bringen</ins>",
    ]


def test_nothing_typed_becomes_markup() -> None:
    assert marked([], ["<script>"]) == ["<ins>&lt;script&gt;</ins>"]


@given(LINES, LINES)
def test_both_versions_can_be_read_from_the_marks(before: list[str], after: list[str]) -> None:
    lines = "\n".join(marked(before, after))
    assert read(lines, kept="ins", gone="del") == after
    assert read(lines, kept="del", gone="ins") == before


def read(lines: str, *, kept: str, gone: str) -> list[str]:
    text = re.sub(rf"<{gone}>.*?</{gone}>", "", lines)
    return [line for line in html.unescape(re.sub(f"</?{kept}>", "", text)).split("\n") if line]
