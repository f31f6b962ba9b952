"""The verdict: every place where it can end, the attacks, and that nothing is ever fetched."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sealing import world
from vdseal import codec, vectors
from vdseal.status import Status, StatusList, StatusListBuilder
from vdseal.trust import TrustList
from vdseal.verifying import SENTENCES, Code, Outcome, Verdict, verify

AT = vectors.AT


def _verify(data: bytes, **options: Any) -> Verdict:
    settings: dict[str, Any] = {"trust": world().trust, "status_lists": world().status_lists, "at": AT}
    return verify(data, **settings | options)


# Which school number may be sealed stands in the trust list, and what a status may be in the profile.
FREE_TEXTS = ("certificate_number", "family_name", "first_names", "school_name", "grade")
# What each vector of the made-up world is meant to show. Written out: a vector whose verdict changes is noticed.
EXPECTED = {
    Code.VALID: {
        *(f"script-in-{name}" for name in FREE_TEXTS),
        "valid",
        "valid-brainpool",
        "valid-without-end",
        "valid-on-last-day",
        "test-key-in-test-mode",
        "neighbour-valid",
        "padded-index",
        "hostile-addresses",
        "script",
        "other-s",
    },
    Code.REVOKED: {"revoked", "revoked-in-stale-list", "revoked-and-expired"},
    Code.SUSPENDED: {"suspended"},
    Code.EXPIRED: {"expired"},
    Code.NOT_YET_VALID: {"signed-in-two-minutes"},
    Code.STATUS_UNKNOWN: {"reserved-status", "no-such-place"},
    Code.STATUS_LIST_EXPIRED: {"stale-list"},
    Code.STATUS_LIST_NOT_YET_VALID: {"early-list", "before-the-status-list"},
    Code.STATUS_LIST_MISSING: {"unknown-list"},
    Code.TRUST_LIST_EXPIRED: {"trust-list-expired"},
    Code.TRUST_LIST_NOT_YET_VALID: {"trust-list-early"},
    Code.SIGNED_IN_FUTURE: {"signed-tomorrow"},
    Code.TEST_SEAL: {"test-key"},
    Code.ISSUER_PERIOD: {"issuer-period"},
    Code.ISSUER_REVOKED: {"issuer-revoked"},
    Code.ISSUER_NOT_AUTHORISED: {
        "not-this-profile",
        "swapped-schools",
        "status-list-of-others",
        "script-in-school_number",
    },
    Code.UNKNOWN_ISSUER: {"unknown-issuer"},
    Code.WRONG_SIGNATURE: {"foreign-key", "copied-on-other-data"},
    Code.UNKNOWN_PROFILE: {"other-profile"},
    Code.NOT_A_SEAL: {"empty", "not-a-seal"},
    Code.UNSUPPORTED_TYPE: {"version-4", "identity-document"},
    Code.MALFORMED: {"only-magic", "trailing-byte", "cut-off", "unsigned", "repeated-tag", "issued-after-signed"},
    Code.PROFILE_VIOLATION: {
        "script-in-status",
        "no-profile",
        "no-status-although-required",
        "missing-field",
        "empty-field",
        "unknown-field",
        "reserved-tag",
        "too-long",
        "no-utf8",
        "overlong-utf8",
        "surrogate",
        "byte-order-mark",
        "right-to-left",
        "no-date",
        "date-with-sign",
        "unknown-choice",
        "validity-out-of-order",
        "long-index",
    },
}


def test_every_vector_has_the_verdict_it_was_made_for() -> None:
    found: dict[Code, set[str]] = {}
    for vector in vectors.vectors(world()):
        found.setdefault(vector.verdict.code, set()).add(vector.name)
    assert found == EXPECTED
    assert set(EXPECTED) == set(Code)


def test_every_code_has_an_outcome_and_a_sentence_in_both_languages() -> None:
    outcomes = {code: Verdict(code).outcome for code in Code}
    assert Counter(outcomes.values()) == {
        Outcome.VALID: 1,
        Outcome.NOT_IN_FORCE: 4,
        Outcome.NOT_GENUINE: 7,
        Outcome.UNDECIDED: 11,
    }
    for code in Code:
        assert set(SENTENCES[code]) == {"de", "en"}
        assert all(text.endswith(".") for text in Verdict(code).sentence.values())


def test_every_single_flipped_bit_of_a_good_seal_is_noticed() -> None:
    good = vectors.make(world())
    for bit in range(len(good) * 8):
        flipped = bytearray(good)
        flipped[bit // 8] ^= 1 << bit % 8
        verdict = _verify(bytes(flipped))
        assert verdict.outcome in (Outcome.NOT_GENUINE, Outcome.UNDECIDED), bit
        assert verdict.document is None


def test_data_are_shown_only_of_a_seal_that_is_believed() -> None:
    for vector in vectors.vectors(world()):
        genuine = vector.verdict.outcome in (Outcome.VALID, Outcome.NOT_IN_FORCE) or vector.verdict.code in (
            Code.STATUS_UNKNOWN,
            Code.STATUS_LIST_MISSING,
            Code.STATUS_LIST_EXPIRED,
            Code.STATUS_LIST_NOT_YET_VALID,
        )
        assert (vector.verdict.document is not None) == genuine, vector.name


@given(st.binary(max_size=300))
def test_any_bytes_have_a_verdict_and_are_never_genuine(data: bytes) -> None:
    assert _verify(data).outcome in (Outcome.NOT_GENUINE, Outcome.UNDECIDED)
    assert _verify(b"\xdc\x03" + data).outcome in (Outcome.NOT_GENUINE, Outcome.UNDECIDED)


# ── Attacks ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_signature_of_one_certificate_does_not_fit_another() -> None:
    one = codec.decode(vectors.make(world()))
    other = codec.decode(vectors.make(world(), family_name="Fremd"))
    copied = codec.attach_signature(other.signed_bytes, one.signature)
    assert _verify(copied).code is Code.WRONG_SIGNATURE


def test_a_school_cannot_seal_for_another_even_with_its_own_good_key() -> None:
    assert _verify(vectors.make(world(), "neighbour", school_number="123456")).code is Code.ISSUER_NOT_AUTHORISED
    assert _verify(vectors.make(world(), "neighbour", school_number="654321")).code is Code.VALID


def test_a_foreign_key_with_the_right_names_everywhere_is_not_believed() -> None:
    school = world().signers["school"]
    stranger = replace(world().signers["stranger"], certificate_reference=school.certificate_reference)
    forged = vectors.make(replace(world(), signers={"school": stranger}))
    assert codec.decode(forged).certificate_reference == school.certificate_reference
    assert _verify(forged).code is Code.WRONG_SIGNATURE


def test_an_old_list_from_before_the_revocation_does_not_hide_it_for_long() -> None:
    """Offered again, it is refused when read (test_seal_lists); kept and never renewed, it runs out."""
    uri = "https://status.example.org/fresh"
    before = StatusListBuilder(1000).sign(
        world().signers["lists"], uri=uri, issued=AT - timedelta(days=3), expires=AT - timedelta(days=2)
    )
    old = StatusList.read(before, public_key=world().trust.status_keys[uri], uri=uri)
    seal = vectors.make(world(), index=int(Status.REVOKED))
    assert _verify(seal, status_lists={uri: old}).code is Code.STATUS_LIST_EXPIRED
    assert _verify(seal).code is Code.REVOKED


@pytest.mark.parametrize(
    ("hours", "code"),
    [
        (-24 * 365, Code.TRUST_LIST_NOT_YET_VALID),
        (-47, Code.SIGNED_IN_FUTURE),
        (-3.1, Code.STATUS_LIST_NOT_YET_VALID),
        (-3.05, Code.VALID),
        (0, Code.VALID),
        (44.9, Code.VALID),
        (45, Code.STATUS_LIST_EXPIRED),
        (119.9, Code.STATUS_LIST_EXPIRED),
        (120, Code.TRUST_LIST_EXPIRED),
        (24 * 365 * 20, Code.TRUST_LIST_EXPIRED),
    ],
)
def test_a_clock_that_was_moved_never_makes_a_seal_valid(hours: float, code: Code) -> None:
    assert _verify(vectors.make(world()), at=AT + timedelta(hours=hours)).code is code


def test_days_begin_and_end_in_germany() -> None:
    trust = replace(world().trust, expires=AT + timedelta(days=400))
    lists = {uri: replace(each, expires=AT + timedelta(days=400)) for uri, each in world().status_lists.items()}
    seal = vectors.make(world())
    # Valid to 13 March 2027, which ends at 23 o'clock UTC.
    for minute, code in ((59, Code.VALID), (60, Code.EXPIRED)):
        at = datetime(2027, 3, 13, 22, tzinfo=UTC) + timedelta(minutes=minute)
        assert _verify(seal, trust=trust, status_lists=lists, at=at).code is code


def test_a_moment_without_a_zone_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="time zone"):
        _verify(b"", at=datetime(2026, 9, 14))


def test_addresses_in_a_seal_are_never_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    base = codec.decode(vectors.make(world()))
    hostile = [b"file:///etc/passwd", b"http://169.254.169.254/", b"//evil.example.org", b"javascript:alert(1)"]
    for address in hostile:
        for tag in (0x03, 0x04, 0x05):
            messages = [codec.Message(each.tag, address if each.tag == tag else each.value) for each in base.messages]
            verdict = _verify(vectors.resigned(world().signers["school"], base, messages))
            assert verdict.code is (Code.STATUS_LIST_MISSING if tag == 0x05 else Code.VALID)


def test_the_library_brings_nothing_that_opens_connections() -> None:
    modules = "codec issuing hardware authority trust status verifying carriers pdf vectors".split()  # noqa: SIM905
    program = "import sys\n" + "".join(f"import vdseal.{name}\n" for name in modules)
    program += "print([name for name in ('urllib.request', 'http.client', 'ssl', 'django') if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_a_stolen_key_is_worth_nothing_once_its_whole_time_is_withdrawn() -> None:
    trust = world().trust
    school = world().signers["school"]
    header = ("D", "DEZV", school.certificate_reference)
    withdrawn = replace(trust.issuers[header], revoked_from=trust.issuers[header].not_before)
    spoiled = replace(trust, issuers={**trust.issuers, header: withdrawn})
    assert _verify(vectors.make(world(), days=-30), trust=spoiled).code is Code.ISSUER_REVOKED


# ── Vectors for others ──────────────────────────────────────────────────────────────────────────────────────


def test_the_same_seed_gives_the_same_mutants_in_another_world() -> None:
    again = vectors.world()
    one = [(each.data, each.verdict.code) for each in vectors.mutants(world(), seed=7, count=300)]
    two = [(each.data, each.verdict.code) for each in vectors.mutants(again, seed=7, count=300)]
    assert one == two
    assert one != [(each.data, each.verdict.code) for each in vectors.mutants(world(), seed=8, count=300)]


def test_mutants_reach_every_verdict() -> None:
    codes = {each.verdict.code for each in vectors.mutants(world(), seed=1, count=6000)}
    assert codes == set(Code)


def test_the_file_of_vectors_holds_all_that_another_verifier_needs() -> None:
    data = json.loads(json.dumps(vectors.to_json(world(), vectors.vectors(world()))))
    key = world().trust.status_keys
    trust = TrustList.read(data["trust_list"], roots=[world().root])
    lists = {uri: StatusList.read(token, public_key=key[uri], uri=uri) for uri, token in data["status_lists"].items()}
    for each in data["seals"]:
        verdict = verify(
            bytes.fromhex(each["hex"]),
            trust=trust,
            status_lists=lists,
            at=datetime.fromtimestamp(each.get("at", data["at"]), UTC),
            expect_test=each.get("expect_test", data["expect_test"]),
        )
        assert (verdict.outcome, verdict.code) == (each["outcome"], each["code"])
        assert ("values" in each) == (verdict.document is not None)


def test_the_example_of_the_readme_runs_and_prints_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    program = readme.split("```python\n")[1].split("```")[0]
    printed = readme.split("```\n")[1].split("## Parts")[0].strip().replace("    ", "")
    exec(compile(program, "README.md", "exec"), {})  # noqa: S102
    assert capsys.readouterr().out.strip() == printed
