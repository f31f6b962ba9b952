"""The front-end build. npm is not run here: `make test` has built the front end before."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from fontTools.ttLib import TTFont
from pytest_django import Settings

from austausch.core import frontend

BUILT = settings.PROJECT / "var" / "frontend"
# Letters of names in German registers: Romanian, Turkish, Polish, Czech, Bulgarian in both scripts.
LETTERS = "äöüßÄÖÜẞșțȘȚăâîğıŞşİłŁćńżźčřůåøæñçéèЖщъюЯ„“‚‘–—…€"


def project_with(folder: Path, *, lock: str = "{}") -> Path:
    (folder / "package-lock.json").write_text(lock)
    return folder


def test_outside_a_checkout_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(frontend.FrontendError, match=r"no package-lock\.json"):
        frontend.build(project=tmp_path, target=tmp_path / "out")


def test_a_failing_npm_becomes_one_line_and_leaves_the_old_build(tmp_path: Path) -> None:
    def fails(project: Path) -> None:
        raise frontend.FrontendError("npm could not install")

    target = tmp_path / "out"
    target.mkdir()
    (target / "old.css").write_text("kept")
    with pytest.raises(frontend.FrontendError):
        frontend.build(project=project_with(tmp_path), target=target, install=fails)
    assert (target / "old.css").read_text() == "kept"


def test_a_package_with_another_layout_is_named_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with pytest.raises(frontend.FrontendError, match=r"kern\.min\.css"):
        frontend.build(project=project_with(tmp_path), target=target, install=lambda project: None)
    assert [path.name for path in tmp_path.iterdir()] == ["package-lock.json"]


def test_npms_own_words_reach_the_person_in_one_line(tmp_path: Path) -> None:
    lock = '{"lockfileVersion": 3, "packages": {"": {"dependencies": {"a": "1"}}}}'
    (tmp_path / "package.json").write_text('{"dependencies": {"b": "1"}}')
    with pytest.raises(frontend.FrontendError) as caught:
        frontend.npm_ci(project_with(tmp_path, lock=lock))
    assert "package-lock.json" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_command_turns_it_into_an_error_of_the_command(settings: Settings, tmp_path: Path) -> None:
    settings.PROJECT = tmp_path
    with pytest.raises(CommandError, match=r"no package-lock\.json"):
        call_command("build_frontend")


def test_what_is_up_to_date_is_not_built_again() -> None:
    def never(project: Path) -> None:
        raise AssertionError("npm was called")

    assert frontend.build(project=settings.PROJECT, target=BUILT, install=never) is False


def test_every_face_is_shown_at_once_and_comes_from_our_own_host() -> None:
    rules = (BUILT / "fonts" / "fonts.css").read_text().split("@font-face")[1:]
    assert len(rules) == 2 * len(frontend.FACES)
    for rule in rules:
        assert "font-display: swap" in rule
        (address,) = re.findall(r'url\("([^"]+)"\)', rule)
        assert (BUILT / "fonts" / address).exists()


@pytest.mark.parametrize("face", frontend.FACES, ids=lambda face: face.name)
def test_every_face_writes_the_names_of_europe(face: frontend.Face) -> None:
    letters: set[int] = set()
    for suffix in (frontend.EVERYDAY.suffix, frontend.EXTENDED.suffix):
        with TTFont(BUILT / "fonts" / f"{face.name}{suffix}.woff2") as font:
            letters |= set(font.getBestCmap())
    assert {letter for letter in LETTERS if ord(letter) not in letters} == set()


def test_everyday_text_needs_little_of_the_line() -> None:
    everyday = [BUILT / "fonts" / f"{face.name}.woff2" for face in frontend.FACES]
    assert sum(path.stat().st_size for path in everyday) < 80_000


def test_no_style_sheet_names_another_host() -> None:
    sheets = [*BUILT.rglob("*.css"), *(settings.PROJECT / "src").rglob("static/**/*.css")]
    assert sheets
    for sheet in sheets:
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
        found = re.findall(r"url\(\s*[\"']?(?:https?:)?//[^)]*", text) + re.findall(r"@import[^;]*", text)
        assert found == [], sheet.name
