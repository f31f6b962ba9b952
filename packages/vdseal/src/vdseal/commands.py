"""What the command `vdseal` does (`vdseal.__main__` reads its arguments)."""

from __future__ import annotations

import base64
import getpass
import json
import os
import sys
from argparse import Namespace
from collections.abc import Mapping, Set
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import Encoding

from vdseal import carriers, codec, jws, profiles, vectors
from vdseal.authority import Authority, Purpose, dump_certificate, load_certificate
from vdseal.errors import CarrierError, SealError, SigningKeyError, TokenError
from vdseal.keys import FileKey, decrypt_private_key, encrypt_private_key, generate_private_key, reference_of
from vdseal.profiles import Profile
from vdseal.signatures import dump_public_key, public_key_of
from vdseal.status import Status, StatusList, StatusListBuilder
from vdseal.trust import Issuer, TrustList, issuer_from_json
from vdseal.verifying import Outcome
from vdseal.verifying import verify as verify_seal

_EXIT: Final = {Outcome.VALID: 0, Outcome.NOT_IN_FORCE: 3, Outcome.NOT_GENUINE: 4, Outcome.UNDECIDED: 5}
_PICTURES: Final = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM", b"II*\x00", b"MM\x00*")
_FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")
_DESCRIBED: Final = {
    "certificate",
    "names",
    "not_before",
    "not_after",
    "profiles",
    "country",
    "signer",
    "reference",
    "test",
    "revoked_from",
    "fields",
    "status_uris",
}
DESCRIPTION_HELP: Final = """Sign a trust list. The description is JSON: {"issuers": [{"certificate": "FILE", "names":
[…], "not_before": "2026-08-01", "not_after": "2027-07-31", "profiles": [numbers], "country": "D", "signer": "DEZV",
"reference": …, "test": false, "revoked_from": day, "fields": {"school_number": ["…"]}, "status_uris": […]}],
"profiles": ["school-certificate" or FILE], "status_lists": [{"uri": …, "certificate": "FILE"}]}. Files are relative to
the description; country, signer, reference and what follows may be left out."""


def decode(options: Namespace) -> int:
    """Show what stands in a seal (TR-03137 part 1)."""
    seal = codec.decode(_seal(options.seal), allow_unsigned=options.unsigned)
    profile = _profile(options.profile) if options.profile else profiles.school_certificate()
    shown: dict[str, Any] = {
        "document_type": seal.document_type,
        "version": seal.version,
        "country": seal.country,
        "signer": seal.signer,
        "certificate_reference": seal.certificate_reference,
        "issued": seal.issued,
        "signed": seal.signed,
        "messages": {f"{message.tag:02X}": message.value.hex() for message in seal.messages},
        "signature": seal.signature.hex(),
    }
    try:
        document = profile.read(seal)
    except SealError as error:
        shown["not_read"] = str(error)
    else:
        shown["profile"] = profile.title
        shown |= {name: getattr(document, name) for name in ("valid_from", "valid_to", "status_uri", "status_index")}
        shown["values"] = document.values
    _show(shown)
    return 0


def verify(options: Namespace) -> int:
    """Tell whether a seal is genuine and in force (TR-03171)."""
    trust = TrustList.read(_token(options.trust_list), roots=[load_certificate(options.root.read_bytes())])
    verdict = verify_seal(
        _seal(options.seal),
        trust=trust,
        status_lists=_status_lists(options.status_list, trust),
        at=options.at or datetime.now(UTC),
        expect_test=options.test,
    )
    shown: dict[str, Any] = {
        "outcome": verdict.outcome,
        "code": verdict.code,
        "sentence": verdict.sentence[options.language],
    }
    if verdict.detail:
        shown["detail"] = verdict.detail
    if verdict.document is not None and verdict.issuer is not None:
        shown |= {"issuer": verdict.issuer.names, "values": verdict.document.values}
    _show(shown)
    return _EXIT[verdict.outcome]


def keygen(options: Namespace) -> int:
    """Make a key and its certificate (RFC 5280)."""
    now = datetime.now(UTC).replace(microsecond=0)
    first, last = now - timedelta(minutes=5), now + timedelta(days=options.days)
    passphrase = _passphrase(options.passphrase_file, "Passphrase of the new key: ", again="The same once more: ")
    if options.authority:
        authority = _authority(options.authority, options.authority_passphrase_file)
        key = generate_private_key(options.curve)
        certificate = authority.certify(
            key.public_key(),
            common_name=options.name,
            organisation=options.organisation,
            not_before=first,
            not_after=last,
            purpose=Purpose.ANY if options.lists else Purpose.SEALS,
        )
    else:
        root = Authority.create(
            options.name, organisation=options.organisation, not_before=first, not_after=last, curve=options.curve
        )
        key, certificate = root.private_key, root.certificate
    pem = encrypt_private_key(key, passphrase)
    options.folder.mkdir(parents=True, mode=0o700)
    _write_private(options.folder / "key.pem", pem)
    (options.folder / "certificate.pem").write_bytes(dump_certificate(certificate))
    _show({"folder": str(options.folder), "certificate_reference": reference_of(certificate)})
    return 0


def sign_trustlist(options: Namespace) -> int:
    """Sign a trust list described in JSON (`docs/formats.md`)."""
    folder = options.description.parent
    now = datetime.now(UTC).replace(microsecond=0)
    try:
        data = json.loads(options.description.read_bytes(), object_pairs_hook=jws.unique)
        _check_names(data, {"issuers", "profiles", "status_lists"})
        trust = TrustList.of(
            issued=now,
            expires=now + timedelta(days=options.days),
            issuers=[_issuer(entry, folder) for entry in data["issuers"]],
            profiles=[_named_profile(name, folder) for name in data["profiles"]],
            status_keys={
                entry["uri"]: public_key_of(load_certificate((folder / entry["certificate"]).read_bytes()))
                for entry in data.get("status_lists", [])
            },
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise TokenError(f"The description lacks something or has a wrong value: {error}.") from None
    _replace(options.out, trust.sign(_key(options)))
    return 0


def show_trustlist(options: Namespace) -> int:
    """Check a trust list and show it (`docs/formats.md`)."""
    trust = TrustList.read(_token(options.file), roots=[load_certificate(options.root.read_bytes())])
    _show(
        {
            "issued": trust.issued,
            "expires": trust.expires,
            "issuers": [
                {
                    "header": " ".join(header),
                    "names": issuer.names,
                    "not_before": issuer.not_before,
                    "not_after": issuer.not_after,
                    "test": issuer.test,
                    "revoked_from": issuer.revoked_from,
                }
                for header, issuer in trust.issuers.items()
            ],
            "profiles": {number: profile.title for number, profile in trust.profiles.items()},
            "status_lists": list(trust.status_keys),
        }
    )
    return 0


def sign_statuslist(options: Namespace) -> int:
    """Sign a status list (IETF Token Status List)."""
    builder = StatusListBuilder(options.size, bits=options.bits)
    for status, places in ((Status.REVOKED, options.revoked), (Status.SUSPENDED, options.suspended)):
        for place in places:
            builder.set(place, status)
    now = datetime.now(UTC).replace(microsecond=0)
    token = builder.sign(_key(options), uri=options.uri, issued=now, expires=now + timedelta(days=options.days))
    _replace(options.out, token)
    return 0


def show_statuslist(options: Namespace) -> int:
    """Check a status list and show it (IETF Token Status List)."""
    certificate = load_certificate(options.certificate.read_bytes())
    listed = StatusList.read(_token(options.file), public_key=public_key_of(certificate), uri=options.uri)
    marked = {status: [] for status in Status if status is not Status.VALID}  # type: dict[Status, list[int]]
    for place in range(listed.size):
        status = listed.get(place)
        if status:
            marked[status].append(place)
    _show(
        {
            "issued": listed.issued,
            "expires": listed.expires,
            "size": listed.size,
            **{status.name.lower(): places for status, places in marked.items()},
        }
    )
    return 0


def write_vectors(options: Namespace) -> int:
    """Write the fixed vectors (`docs/formats.md`)."""
    world = vectors.world()
    options.file.write_text(json.dumps(vectors.to_json(world, vectors.vectors(world))), "utf-8")
    return 0


def write_mutants(options: Namespace) -> int:
    """Write mutated seals (`docs/formats.md`)."""
    world = vectors.world()
    seals = vectors.mutants(world, seed=options.seed, count=options.count)
    options.file.write_text(json.dumps(vectors.to_json(world, seals)), "utf-8")
    return 0


def _seal(name: str) -> bytes:
    """The seal in a file, whatever form it has there."""
    data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    if data.startswith(_PICTURES):
        return _from_picture(data)
    if data[:1] == bytes((codec.MAGIC,)):
        return data
    try:
        text = data.decode("ascii").strip()
    except UnicodeDecodeError:
        raise SealError("This is neither a seal nor a picture of one.") from None
    if not text:
        raise SealError("There is neither a seal nor anything else: the input is empty.")
    if "#" in text:
        return carriers.from_link(text)
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise SealError("This is neither a seal, a link, hexadecimal digits nor a picture.") from None


def _from_picture(data: bytes) -> bytes:
    import io

    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError:
        raise CarrierError("Pictures need the package Pillow: pip install 'vdseal[codes]'.") from None
    try:
        seals = carriers.read_image(Image.open(io.BytesIO(data), formats=_FORMATS).convert("L"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, IndexError, Image.DecompressionBombError):
        raise CarrierError("The picture cannot be read.") from None
    if len(seals) != 1:
        raise CarrierError(f"The picture shows {len(seals) or 'no'} seals; one is needed.")
    return seals[0]


def _token(file: Path) -> str:
    try:
        return file.read_text("ascii")
    except UnicodeDecodeError:
        raise TokenError(f"{file} is no signed list.") from None


def _status_lists(files: list[Path], trust: TrustList) -> dict[str, StatusList]:
    """Each file is for the one address whose key made it."""
    lists: dict[str, StatusList] = {}
    for file in files:
        token = _token(file)
        for uri, key in trust.status_keys.items():
            try:
                listed = StatusList.read(token, public_key=key, uri=uri)
            except TokenError:
                continue
            # An older list could hide a revocation that a newer one names.
            if uri not in lists or lists[uri].issued < listed.issued:
                lists[uri] = listed
            break
        else:
            raise TokenError(f"{file} is no status list that the trust list names.")
    return lists


def _key(options: Namespace) -> FileKey:
    certificate = load_certificate((options.key / "certificate.pem").read_bytes())
    passphrase = _passphrase(options.passphrase_file, "Passphrase of the key: ")
    return FileKey.load((options.key / "key.pem").read_bytes(), passphrase, certificate)


def _authority(folder: Path, passphrase_file: Path | None) -> Authority:
    certificate = load_certificate((folder / "certificate.pem").read_bytes())
    passphrase = _passphrase(passphrase_file, "Passphrase of the root's key: ")
    return Authority(decrypt_private_key((folder / "key.pem").read_bytes(), passphrase), certificate)


def _passphrase(file: Path | None, prompt: str, *, again: str = "") -> str:
    if file is not None:
        try:
            return file.read_text("utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            raise SigningKeyError(f"{file} holds no passphrase in UTF-8.") from None
    if not sys.stdin.isatty():
        raise SigningKeyError("Nobody can be asked for the passphrase; name a file with --passphrase-file.")
    passphrase = getpass.getpass(prompt)
    if again and getpass.getpass(again) != passphrase:
        raise SigningKeyError("The two passphrases differ. A key that nobody can open is of no use; begin again.")
    return passphrase


def _issuer(entry: Mapping[str, Any], folder: Path) -> Issuer:
    _check_names(entry, _DESCRIBED)
    certificate = load_certificate((folder / entry["certificate"]).read_bytes())
    known = {
        "public_key": base64.b64encode(dump_public_key(public_key_of(certificate))).decode("ascii"),
        "certificate": base64.b64encode(certificate.public_bytes(Encoding.DER)).decode("ascii"),
    }
    return issuer_from_json(
        {"country": "D", "signer": "DEZV", "reference": reference_of(certificate), **entry, **known}
    )


def _check_names(entry: Mapping[str, Any], known: Set[str]) -> None:
    """A misspelt restriction must not pass for none."""
    if unknown := sorted(set(entry) - known):
        raise ValueError(f"{', '.join(unknown)} is not known here")


def _named_profile(name: str, folder: Path) -> Profile:
    return profiles.school_certificate() if name == "school-certificate" else _profile(folder / name)


def _profile(file: Path) -> Profile:
    data = file.read_bytes()
    return profiles.parse_xml(data) if data.lstrip().startswith(b"<") else profiles.load(data)


def _replace(file: Path, text: str) -> None:
    """The old list or the new one, never half of one: checkers fetch the file while it is written."""
    unfinished = file.with_name(f"{file.name}.new")
    unfinished.write_text(text, "ascii")
    unfinished.replace(file)


def _write_private(file: Path, data: bytes) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(data)


def _show(value: Mapping[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))  # noqa: T201
