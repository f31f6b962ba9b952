"""One core twice: what browsers compute and what the server computes is the same, seal by seal.

100,000 mutants: `python -m bench.verify --agreement`. Here a fifth of them, with another seed.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from django.conf import settings
from vdseal import codec, jws, vectors
from vdseal.errors import TokenError
from vdseal.trust import TrustList

from bench.verify.agreement import TypeScriptCore, disagreements

FACTS = settings.PROJECT.parent / "shared" / "facts" / "vds_vectors.json"
MUTANTS = 20_000


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
    vector = next(one for one in foreign["vectors"] if one["name"] == "meldebescheinigung")
    whole = bytes.fromhex(vector["hex"])
    flipped = []
    for place in range(0, len(whole) * 8, 5):
        changed = bytearray(whole)
        changed[place // 8] ^= 1 << place % 8
        flipped.append({"hex": changed.hex(), "key": base64.b64encode(key).decode()})
    assert not any(answer.get("verifies") for answer in core.answers({"foreign": flipped}))
