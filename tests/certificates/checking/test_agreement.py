"""One core twice: what browsers compute and what the server computes is the same, seal by seal.

100,000 mutants: `python -m bench.verify --agreement`. Here a fifth of them, with another seed.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from django.conf import settings
from vdseal import codec, jws, vectors
from vdseal.errors import TokenError
from vdseal.status import StatusList, StatusListBuilder
from vdseal.trust import TrustList

from bench.verify.agreement import TypeScriptCore, disagreements

FACTS = settings.PROJECT.parent / "shared" / "facts" / "vds_vectors.json"
MUTANTS = 20_000
DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> TypeScriptCore:
    return TypeScriptCore(tmp_path_factory.mktemp("core"))


def test_every_vector_gets_the_answer_it_was_made_for(core: TypeScriptCore) -> None:
    world = vectors.world()
    content = vectors.to_json(world, vectors.vectors(world))
    assert len(content["seals"]) > 50
    assert disagreements(core, content) == []


def test_mutated_seals_get_the_same_answers(core: TypeScriptCore) -> None:
    world = vectors.world()
    content = vectors.to_json(world, vectors.mutants(world, seed=20_261_128, count=MUTANTS))
    assert len(content["seals"]) == MUTANTS
    # Rules behind the signature are reached, too.
    assert len({seal["code"] for seal in content["seals"]}) >= 12
    assert disagreements(core, content) == []


def _first(part: str, **values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda payload: payload[part][0].update(values)


def _twice(payload: dict[str, Any]) -> None:
    payload["status_lists"].append(payload["status_lists"][0])


@pytest.mark.parametrize(
    "bend",
    [
        _first("issuers", fields="900001"),
        _first("issuers", fields=None),
        _first("issuers", status_uris=None),
        _first("issuers", test="yes"),
        _first("issuers", not_before="2026-02-30"),
        _twice,
    ],
)
def test_what_a_trust_list_says_unreadably_is_refused_by_both_and_never_left_out(
    core: TypeScriptCore, bend: Callable[[dict[str, Any]], None]
) -> None:
    world = vectors.world()
    content = vectors.to_json(world, islice(vectors.vectors(world), 1))
    assert len(core.answers(content)) == 1
    _head, body, _signature = world.trust_token.split(".")
    payload = json.loads(base64.urlsafe_b64decode(body + "=="))
    bend(payload)
    token = jws.sign("trustlist+jwt", payload, world.signers["lists"])
    with pytest.raises(TokenError):
        TrustList.read(token, roots=[world.root])
    with pytest.raises(RuntimeError, match="the core failed"):
        core.answers({**content, "trust_list": token})


def signed_as_it_stands(world: vectors.World, body: bytes) -> str:
    """A token with exactly these bytes as its payload, rightly signed."""
    head = jws.sign("trustlist+jwt", {}, world.signers["lists"]).partition(".")[0]
    said = f"{head}.{jws.encode(body)}"
    return f"{said}.{jws.encode(world.signers['lists'].sign(said.encode()))}"


def payload_of(world: vectors.World) -> bytes:
    return jws.decode(world.trust_token.split(".")[1])


def begin(text: bytes) -> Callable[[bytes], bytes]:
    """Puts something at the beginning of the list's object."""
    return lambda body: body.replace(b"{", b"{" + text, 1)


# How a trust list is written anew, and whether it still is one. Each reader alone would take some of the bad ones.
SPELLINGS: dict[str, tuple[Callable[[bytes], bytes], bool]] = {
    "as it was": (lambda body: body, True),
    "with spaces": (lambda body: body.replace(b'":', b'" : ').replace(b"{", b"{\n\t"), True),
    "a name escaped": (lambda body: body.replace(b'"issuers"', b'"\\u0069ssuers"', 1), True),
    "the same text twice, but as values": (
        lambda body: body.replace(b"{", b'{"twice":["x","x","iat","iat"],', 1),
        True,
    ),
    "a quotation mark and a brace in a name": (begin(b'"a\\"}{":1,'), True),
    "a backslash at the end of a name": (begin(b'"a\\\\":1,'), True),
    "the same name in two objects": (begin(b'"a":{"iat":1},"b":[{"iat":1}],'), True),
    "a name twice": (begin(b'"issuers":[],'), False),
    "a name twice, once escaped": (begin(b'"\\u0069ssuers":[],'), False),
    "a name twice, with a space before its colon": (begin(b'"exp" :1,'), False),
    "a name twice deep within": (lambda body: body.replace(b'"test":true', b'"test":true,"test":false', 1), False),
    "a name twice in what nobody reads": (begin(b'"x":[{"y":1,"y":1}],'), False),
    "a time with a fraction": (lambda body: re.sub(rb'"exp":(\d+)', rb'"exp":\1.0', body), False),
    "a time with an exponent": (lambda body: re.sub(rb'"exp":(\d+)', rb'"exp":\1e0', body), False),
    "a time that is no number": (lambda body: re.sub(rb'"exp":(\d+)', rb'"exp":NaN', body), False),
    "a time that is true": (lambda body: re.sub(rb'"iat":(\d+)', rb'"iat":true', body), False),
    "a time as text": (lambda body: re.sub(rb'"exp":(\d+)', rb'"exp":"\1"', body), False),
    "a byte order mark": (lambda body: b"\xef\xbb\xbf" + body, False),
    "UTF-16": (lambda body: body.decode().encode("utf-16-le"), False),
    "no UTF-8": (begin(b'"x":"\xff",'), False),
    "something behind it": (lambda body: body + b"{}", False),
    "a comma too many": (lambda body: body[:-1] + b",}", False),
    "a list": (lambda body: b"[" + body + b"]", False),
    "nothing": (lambda body: b"", False),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_both_take_and_refuse_the_same_spellings_of_a_list(core: TypeScriptCore, spelling: str) -> None:
    write, is_good = SPELLINGS[spelling]
    world = vectors.world()
    content = vectors.to_json(world, islice(vectors.vectors(world), 1))
    token = signed_as_it_stands(world, write(payload_of(world)))
    if is_good:
        TrustList.read(token, roots=[world.root])
        assert disagreements(core, {**content, "trust_list": token}) == []
        return
    with pytest.raises(TokenError):
        TrustList.read(token, roots=[world.root])
    with pytest.raises(RuntimeError, match="the core failed"):
        core.answers({**content, "trust_list": token})


@pytest.mark.parametrize("bits", [True, 3, "1", 1.0, None])
def test_both_refuse_a_status_list_whose_bits_are_no_one_or_two(core: TypeScriptCore, bits: object) -> None:
    world = vectors.world()
    uri, good = next(iter(world.status_tokens.items()))
    payload = json.loads(jws.decode(good.split(".")[1]))
    payload["status_list"]["bits"] = bits
    token = jws.sign("statuslist+jwt", payload, world.signers["lists"])
    with pytest.raises(TokenError):
        StatusList.read(token, public_key=world.trust.status_keys[uri], uri=uri)
    content = vectors.to_json(world, islice(vectors.vectors(world), 1))
    with pytest.raises(RuntimeError, match="the core failed"):
        core.answers({**content, "status_lists": {uri: token}})


@pytest.fixture(scope="module")
def foreign() -> dict[str, Any]:
    if not FACTS.exists():
        pytest.skip(f"not run: the vectors of others lie beside the project, in {FACTS.parent.name}/, and are not ours")
    found: dict[str, Any] = json.loads(FACTS.read_text())
    return found


def test_seals_made_by_others_are_taken_apart_and_verified_by_both(
    core: TypeScriptCore, foreign: dict[str, Any]
) -> None:
    key = load_pem_public_key(foreign["spki_UTTS5B_pem"].encode()).public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    spki = base64.b64encode(key).decode()
    given = [{"hex": one["hex"], **({"key": spki} if "verifies_with" in one else {})} for one in foreign["vectors"]]
    for vector, answer in zip(foreign["vectors"], core.answers({"foreign": given}), strict=True):
        seal = codec.decode(bytes.fromhex(vector["hex"]), allow_unsigned=True)
        if not seal.signature:
            assert answer == {"code": "missing_signature"}, vector["name"]
            continue
        signer = f"{seal.signer}/{seal.certificate_reference}"
        expected = {"code": "", "signer": signer, "category": seal.category}
        assert answer == {**expected, "verifies": True if "verifies_with" in vector else None}, vector["name"]
        assert (signer, seal.category) == (vector.get("signer", signer), vector.get("cat", seal.category))


def test_a_flipped_bit_of_a_foreign_seal_verifies_no_more(core: TypeScriptCore, foreign: dict[str, Any]) -> None:
    key = load_pem_public_key(foreign["spki_UTTS5B_pem"].encode()).public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    vector = next(one for one in foreign["vectors"] if one["name"] == "addressStickerPassport")
    flipped = [{"hex": seal, "key": base64.b64encode(key).decode()} for seal in each_flipped(vector["hex"])]
    assert not any(answer.get("verifies") for answer in core.answers({"foreign": flipped}))


def each_flipped(whole: str) -> Iterator[str]:
    """With each single bit the other way."""
    for bit in range(len(whole) * 4):
        yield f"{int(whole, 16) ^ 1 << bit:0{len(whole)}x}"


def test_each_single_flipped_bit_of_a_good_seal_shows_nothing(core: TypeScriptCore) -> None:
    world = vectors.world()
    good = vectors.make(world)
    assert world.vector("good", good).verdict.code == "valid"
    flipped = (world.vector(str(bit), bytes.fromhex(seal)) for bit, seal in enumerate(each_flipped(good.hex())))
    content = vectors.to_json(world, flipped)
    answers = core.answers(content)
    assert len(answers) == len(good) * 8
    assert all(answer["outcome"] in {"not_genuine", "undecided"} and not answer["values"] for answer in answers)
    assert disagreements(core, content) == []


def test_an_older_list_hides_no_revocation_for_longer_than_it_is_good(core: TypeScriptCore) -> None:
    """Both believe a replayed list only until it ends; who has seen a newer one does not take it at all."""
    world = vectors.world()
    uri = "https://status.example.org/fresh"
    key = world.trust.status_keys[uri]
    seal = vectors.make(world, index=1)
    old = StatusListBuilder(1000).sign(
        world.signers["lists"], uri=uri, issued=vectors.AT - 2 * DAY, expires=vectors.AT + DAY
    )
    replayed = replace(
        world, status_tokens={uri: old}, status_lists={uri: StatusList.read(old, public_key=key, uri=uri)}
    )
    moments = [vectors.AT, vectors.AT + 2 * DAY]
    content = vectors.to_json(replayed, (replayed.vector("replayed", seal, at=at) for at in moments))
    assert [one["code"] for one in content["seals"]] == ["valid", "status_list_expired"]
    assert disagreements(core, content) == []
    with pytest.raises(TokenError, match="newer"):
        StatusList.read(old, public_key=key, uri=uri, minimum_issued=world.status_lists[uri].issued)
