"""The project checks itself."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


def tracked_files() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True).stdout
    return [PROJECT / name for name in listing.decode().split("\0") if name and (PROJECT / name).exists()]


def test_lock_files_name_no_download_address() -> None:
    locks = [*(PROJECT / "requirements").glob("*.txt"), PROJECT / "package-lock.json"]
    assert len(locks) == 5
    for lock in locks:
        assert not re.search(r"https?://(?!spdx\.org)", lock.read_text()), f"{lock.name} names an address"


def test_every_requirement_is_pinned_with_a_hash() -> None:
    for lock in (PROJECT / "requirements").glob("*.txt"):
        pins = re.findall(r"^([\w.-]+)==\S+ \\\n    --hash=sha256:", lock.read_text(), re.MULTILINE)
        names = re.findall(r"^([\w.-]+)(?:\[.*\])?[=<> ]", lock.read_text(), re.MULTILINE)
        assert pins
        assert len(pins) == len(names), lock.name


def test_the_smaller_sets_use_the_versions_that_are_tested() -> None:
    def pins(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([\w.-]+)==(\S+)", (PROJECT / "requirements" / name).read_text(), re.MULTILINE))

    tested = pins("dev.txt")
    for name in ("base.txt", "production.txt"):
        assert pins(name).items() <= tested.items()


def test_every_change_is_told_in_german_and_english() -> None:
    notes = [path for path in (PROJECT / "changelog.d").glob("*.md") if path.name != "README.md"]
    assert notes
    for note in notes:
        text = note.read_text()
        assert re.search(r"^de: \S", text, re.MULTILINE), f"{note.name} has no German line"
        assert re.search(r"^en: \S", text, re.MULTILINE), f"{note.name} has no English line"


def test_no_secret_is_tracked() -> None:
    secret = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY|SECRET_KEY\s*=\s*[\"'][^\"']{20,}")
    found = [path.name for path in tracked_files() if path.is_file() and secret.search(path.read_bytes())]
    assert found == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "docs"])
def test_links_between_our_own_pages_lead_somewhere(name: str) -> None:
    pages = [PROJECT / name] if name.endswith(".md") else sorted((PROJECT / name).rglob("*.md"))
    broken = [
        f"{page.relative_to(PROJECT)} -> {target}"
        for page in pages
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_every_test_that_a_page_of_ours_names_is_there() -> None:
    """`path/test_file.py::test_name`, below tests/ or, as `vdseal/…`, below packages/vdseal/tests/."""
    named = {
        each
        for page in (PROJECT / "docs").rglob("*.md")
        for each in re.findall(r"`([\w/]+\.py::\w+)`", page.read_text())
    }
    assert len(named) > 20
    missing = []
    for each in sorted(named):
        path, _, name = each.partition("::")
        inside = path.startswith("vdseal/")
        file = PROJECT / "packages/vdseal/tests" / path.removeprefix("vdseal/") if inside else PROJECT / "tests" / path
        if not file.exists() or f"def {name}(" not in file.read_text():
            missing.append(each)
    assert missing == []
