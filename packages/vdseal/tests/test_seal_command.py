"""The command: what a person types, sees, and gets as exit code."""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sealing import world
from vdseal import carriers, vectors
from vdseal.__main__ import main
from vdseal.authority import dump_certificate
from vdseal.errors import CarrierError
from vdseal.status import Status, StatusListBuilder

AT = vectors.AT.isoformat()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("root.pem").write_bytes(dump_certificate(world().root))
    Path("trust.jwt").write_text(world().trust_token)
    for number, token in enumerate(world().status_tokens.values()):
        Path(f"status-{number}.jwt").write_text(token)
    Path("seal.bin").write_bytes(vectors.make(world()))
    Path("passphrase").write_text("correct horse\n")
    return tmp_path


def _verify(*arguments: str) -> int:
    lists = [part for number in range(3) for part in ("--status-list", f"status-{number}.jwt")]
    return main(["verify", *arguments, "--trust-list", "trust.jwt", "--root", "root.pem", *lists, "--at", AT])


def _shown(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(capsys.readouterr().out)
    return shown


def test_a_seal_is_taken_apart(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decode", "seal.bin"]) == 0
    shown = _shown(capsys)
    assert shown["values"]["family_name"] == "Muster-Öztürk"
    assert shown["signer"] == "DEZV"


@pytest.mark.parametrize("form", ["bytes", "hex", "link", "data matrix", "qr"])
def test_a_seal_is_read_in_every_form_it_comes_in(folder: Path, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    seal = vectors.make(world())
    link = carriers.to_link(seal, host="siegel.example.org")
    data = {
        "bytes": seal,
        "hex": seal.hex().encode() + b"\n",
        "link": link.encode() + b"\n",
        "data matrix": carriers.png(carriers.data_matrix(seal)),
        "qr": carriers.png(carriers.qr_code(link)),
    }[form]
    Path("given").write_bytes(data)
    assert _verify("given") == 0
    assert _shown(capsys)["code"] == "valid"


@pytest.mark.parametrize(
    ("name", "code"),
    [("valid", 0), ("revoked", 3), ("expired", 3), ("foreign-key", 4), ("unknown-issuer", 5), ("not-a-seal", 1)],
)
def test_the_exit_code_tells_the_answer(folder: Path, name: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    vector = next(each for each in vectors.vectors(world()) if each.name == name)
    Path("given").write_bytes(vector.data)
    assert _verify("given", "--language", "de") == code
    printed = capsys.readouterr()
    if code == 1:
        assert printed.err.startswith("vdseal: ")
        assert printed.out == ""
    else:
        assert json.loads(printed.out)["sentence"] == vector.verdict.sentence["de"]


def test_standard_input_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Input:
        buffer = io.BytesIO(vectors.make(world()))

    monkeypatch.setattr("sys.stdin", Input())
    assert main(["decode", "-"]) == 0


def test_from_keys_to_lists_to_a_verdict(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["--organisation", "Example", "--passphrase-file", "passphrase"]
    assert main(["keygen", "root", "--name", "Root", *names]) == 0
    below = ["--authority", "root", "--authority-passphrase-file", "passphrase"]
    assert main(["keygen", "lists", "--name", "Lists", "--lists", *names, *below]) == 0
    assert Path("lists/key.pem").stat().st_mode & 0o777 == 0o600
    assert b"ENCRYPTED" in Path("lists/key.pem").read_bytes()
    description = {
        "issuers": [
            {
                "certificate": "lists/certificate.pem",
                "names": ["School"],
                "not_before": "2000-01-01",
                "not_after": "2000-12-31",
                "profiles": ["8E9ACC1E4B1948CDB969CBAAD4015D83"],
            }
        ],
        "profiles": ["school-certificate"],
        "status_lists": [{"uri": "https://example.org/s", "certificate": "lists/certificate.pem"}],
    }
    signing = ["--key", "lists", "--days", "7", "--passphrase-file", "passphrase"]
    Path("description.json").write_text(json.dumps(description))
    # The certificate does not reach back that far.
    assert main(["trustlist", "sign", "description.json", *signing, "--out", "own.jwt"]) == 1
    assert "goes beyond its certificate" in capsys.readouterr().err
    del description["issuers"]
    Path("description.json").write_text(json.dumps(description))
    assert main(["trustlist", "sign", "description.json", *signing, "--out", "own.jwt"]) == 1
    assert "lacks something" in capsys.readouterr().err
    Path("description.json").write_text(json.dumps(description | {"issuers": []}))
    assert main(["trustlist", "sign", "description.json", *signing, "--out", "own.jwt"]) == 0
    assert main(["trustlist", "show", "own.jwt", "--root", "root/certificate.pem"]) == 0
    assert _shown(capsys)["status_lists"] == ["https://example.org/s"]
    sign = ["statuslist", "sign", "--uri", "https://example.org/s", "--size", "100", "--revoked", "3", "5"]
    assert main([*sign, *signing, "--out", "status.jwt"]) == 0
    show = ["statuslist", "show", "status.jwt", "--certificate", "lists/certificate.pem", "--uri"]
    assert main([*show, "https://example.org/s"]) == 0
    assert _shown(capsys)["revoked"] == [3, 5]
    assert main([*show, "https://example.org/other"]) == 1
    assert main([*sign, "500", *signing, "--out", "status.jwt"]) == 1


@pytest.fixture
def description(folder: Path) -> dict[str, Any]:
    """A trust list that can be signed, and the keys for it."""
    names = ["--organisation", "Example", "--passphrase-file", "passphrase"]
    below = ["--authority", "root", "--authority-passphrase-file", "passphrase"]
    assert main(["keygen", "root", "--name", "Root", *names]) == 0
    assert main(["keygen", "lists", "--name", "Lists", "--lists", *names, *below]) == 0
    assert main(["keygen", "school", "--name", "School", *names, *below]) == 0
    today = datetime.now(UTC).date()
    issuer = {
        "certificate": "school/certificate.pem",
        "names": ["School"],
        "not_before": str(today),
        "not_after": str(today + timedelta(days=30)),
        "profiles": ["8E9ACC1E4B1948CDB969CBAAD4015D83"],
        "fields": {"school_number": ["123456"]},
    }
    return {"issuers": [issuer], "profiles": ["school-certificate"]}


def _sign_trustlist(text: str, *, key: str = "lists") -> int:
    Path("description.json").write_text(text)
    signing = ["--key", key, "--days", "7", "--passphrase-file", "passphrase", "--out", "own.jwt"]
    return main(["trustlist", "sign", "description.json", *signing])


@pytest.mark.parametrize(
    "change",
    [
        {"revoked_form": "2026-01-01"},
        {"field": {"school_number": ["123456"]}},
        {"fields": {"school_number": "123456"}},
        {"revoked_from": ""},
        {"revoked_from": None},
        {"names": "School"},
        {"profiles": "8E9ACC1E4B1948CDB969CBAAD4015D83"},
        {"status_uris": "https://status.example.org/one"},
        {"test": "false"},
        {"not_before": "20260101"},
        {"not_before": "2000-01-01"},
    ],
)
def test_a_description_that_does_not_say_what_it_means_is_not_signed(
    description: dict[str, Any], change: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """A misspelt restriction that is passed over lets a school seal for all others."""
    description["issuers"][0] |= change
    assert _sign_trustlist(json.dumps(description)) == 1
    assert capsys.readouterr().err.startswith("vdseal: ")
    assert not Path("own.jwt").exists()


def test_a_description_that_says_something_twice_or_by_the_wrong_key_is_not_signed(description: dict[str, Any]) -> None:
    good = json.dumps(description)
    assert _sign_trustlist(good.replace('"names"', '"test": true, "test": false, "names"')) == 1
    assert _sign_trustlist(good.replace('"profiles"', '"profile": [], "profiles"')) == 1
    assert _sign_trustlist(good, key="school") == 1
    assert not Path("own.jwt").exists()
    assert _sign_trustlist(good) == 0
    assert main(["trustlist", "show", "own.jwt", "--root", "root/certificate.pem"]) == 0


def test_a_list_that_could_not_be_written_leaves_the_old_one(
    description: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _sign_trustlist(json.dumps(description)) == 0
    before = Path("own.jwt").read_bytes()

    def full(file: Path, text: str, encoding: str) -> int:
        file.write_bytes(text[:9].encode(encoding))
        raise OSError(28, "No space left on device", str(file))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", full)
        Path("description.json").write_bytes(json.dumps(description).encode())
        signing = ["--key", "lists", "--days", "7", "--passphrase-file", "passphrase", "--out", "own.jwt"]
        assert main(["trustlist", "sign", "description.json", *signing]) == 1
    assert Path("own.jwt").read_bytes() == before


def test_a_passphrase_that_is_typed_is_asked_for_twice(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["correct horse", "correct hrose", "correct horse", "correct horse"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda _: next(typed))
    arguments = ["keygen", "typed", "--name", "Root", "--organisation", "Example"]
    assert main(arguments) == 1
    assert not Path("typed").exists()
    assert main(arguments) == 0


def test_of_two_lists_for_one_address_the_newer_counts(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lists = world().signers["lists"]
    uri = "https://status.example.org/fresh"
    for hours, name in ((1, "newer.jwt"), (2, "older.jwt")):
        builder = StatusListBuilder(1000)
        if name == "newer.jwt":
            builder.set(0, Status.REVOKED)
        issued = vectors.AT - timedelta(hours=hours)
        Path(name).write_text(builder.sign(lists, uri=uri, issued=issued, expires=issued + timedelta(days=1)))
    for order in (("newer.jwt", "older.jwt"), ("older.jwt", "newer.jwt")):
        assert _verify("seal.bin", *(part for name in order for part in ("--status-list", name))) == 3
        assert _shown(capsys)["code"] == "revoked"


def test_seals_are_checked_without_the_library_for_codes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    assert _verify("seal.bin") == 0
    with pytest.raises(CarrierError, match="vdseal\\[codes\\]"):
        carriers.data_matrix(vectors.make(world()))


def test_files_that_hold_something_else_are_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("trust.jwt").write_bytes(b"\xff\xfe")
    assert _verify("seal.bin") == 1
    assert "trust.jwt is no signed list" in capsys.readouterr().err
    Path("passphrase").write_bytes(b"\xff\xfe")
    assert main(["keygen", "x", "--name", "X", "--organisation", "X", "--passphrase-file", "passphrase"]) == 1
    assert "no passphrase" in capsys.readouterr().err
    for days in ("0", "-1", "many", "99999999"):
        with pytest.raises(SystemExit):
            main(["keygen", "x", "--name", "X", "--organisation", "X", "--days", days])
    assert not Path("x").exists()


def test_a_key_is_never_overwritten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["keygen", "root", "--name", "Root", "--organisation", "Example", "--passphrase-file", "passphrase"]
    assert main(arguments) == 0
    key = Path("root/key.pem").read_bytes()
    assert main(arguments) == 1
    assert "exists" in capsys.readouterr().err
    assert Path("root/key.pem").read_bytes() == key


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "neither"),
        (b"hello", "neither"),
        (b"\xff\xfe", "neither"),
        (b"https://example.org/#123", "no seal"),
        (b"\x89PNG\r\n\x1a\nbroken", "cannot be read"),
        (b"\xdc\x03", "ends"),
    ],
)
def test_what_is_no_seal_is_named_on_the_error_output(
    folder: Path, content: bytes, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("given").write_bytes(content)
    assert main(["decode", "given"]) == 1
    assert says in capsys.readouterr().err
    assert main(["decode", "missing"]) == 1
    assert "No such file" in capsys.readouterr().err


def test_vectors_and_mutants_are_written(folder: Path) -> None:
    assert main(["vectors", "vectors.json"]) == 0
    assert main(["mutants", "mutants.json", "--seed", "3", "--count", "50"]) == 0
    assert len(json.loads(Path("mutants.json").read_bytes())["seals"]) == 50


def test_wrong_usage_ends_with_2_and_help_names_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["sign"], ["verify", "x", "--trust-list", "t", "--root", "r", "--at", "tomorrow"]):
        with pytest.raises(SystemExit) as raised:
            main(arguments)
        assert raised.value.code == 2
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "5 cannot decide" in capsys.readouterr().out
