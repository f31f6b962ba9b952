"""The command `vdseal`: look at seals, verify them, make keys and lists.

Exit codes: 0 done, or genuine and valid · 1 something is wrong with the input, said on stderr · 2 wrong usage ·
3 genuine but not in force · 4 not genuine · 5 cannot decide.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from vdseal import commands
from vdseal.errors import SealError

_EPILOG = """exit codes: 0 done, or genuine and valid; 1 something is wrong with the input; 2 wrong usage;
3 genuine but not in force (revoked, suspended, expired, not yet valid); 4 not genuine; 5 cannot decide"""
_SEAL = "file with a seal: raw bytes, hexadecimal digits, a link of a QR code or a picture; - reads standard input"


def main(arguments: list[str] | None = None) -> int:
    """Run one command and answer with its exit code."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except SealError as error:
        print(f"vdseal: {error}", file=sys.stderr)  # noqa: T201
        return 1
    except OSError as error:
        print("vdseal:", error.filename or "", error.strerror or error, file=sys.stderr)  # noqa: T201
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="vdseal",
        description="Visible digital seals on administrative documents (BSI TR-03171 on TR-03137).",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_decode(subparsers)
    _add_verify(subparsers)
    _add_keygen(subparsers)
    _add_trustlist(subparsers)
    _add_statuslist(subparsers)
    _add_vectors(subparsers)
    return parser


def _add_decode(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "decode",
        help="show what stands in a seal",
        description="Show what stands in a seal, as JSON. Verifies nothing.",
    )
    parser.add_argument("seal", help=_SEAL)
    parser.add_argument("--unsigned", action="store_true", help="accept a seal without its signature")
    parser.add_argument("--profile", type=Path, help="profile (JSON or XML); the school certificate is known")
    parser.set_defaults(run=commands.decode)


def _add_verify(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "verify",
        help="tell whether a seal is genuine and in force",
        description="Tell whether a seal is genuine and in force. Nothing is fetched.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("seal", help=_SEAL)
    parser.add_argument("--trust-list", type=Path, required=True, metavar="FILE", help="signed trust list")
    parser.add_argument("--root", type=Path, required=True, metavar="FILE", help="certificate that is believed")
    parser.add_argument(
        "--status-list", type=Path, action="append", default=[], metavar="FILE", help="signed status list; repeatable"
    )
    parser.add_argument("--at", type=_moment, default=None, metavar="TIME", help="ISO 8601 with zone; default: now")
    parser.add_argument("--test", action="store_true", help="accept test keys")
    parser.add_argument("--language", choices=("de", "en"), default="en")
    parser.set_defaults(run=commands.verify)


def _add_keygen(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "keygen",
        help="make a key and its certificate",
        description="Make an encrypted key and its certificate. Without --authority it is a root.",
    )
    parser.add_argument("folder", type=Path, help="new folder for key.pem and certificate.pem")
    parser.add_argument("--name", required=True, help="name in the certificate")
    parser.add_argument("--organisation", required=True, help="organisation in the certificate")
    parser.add_argument("--days", type=_days, default=400, help="how long the certificate is valid (default: 400)")
    parser.add_argument("--curve", choices=("P-256", "brainpoolP256r1"), default="P-256")
    parser.add_argument("--authority", type=Path, metavar="FOLDER", help="folder of the root that certifies the key")
    parser.add_argument("--lists", action="store_true", help="a key for lists; without it, one that only seals")
    _add_passphrase(parser)
    parser.add_argument("--authority-passphrase-file", type=Path, metavar="FILE", help="passphrase of the root's key")
    parser.set_defaults(run=commands.keygen)


def _add_trustlist(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "trustlist", help="sign or show a trust list", description="Sign or show a trust list."
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    sign = actions.add_parser("sign", help="sign a list described in JSON", description=commands.DESCRIPTION_HELP)
    sign.add_argument("description", type=Path, help="description in JSON")
    _add_signing(sign)
    sign.set_defaults(run=commands.sign_trustlist)
    show = actions.add_parser("show", help="check and show a list", description="Check a trust list and show it.")
    show.add_argument("file", type=Path)
    show.add_argument("--root", type=Path, required=True, metavar="FILE", help="certificate that is believed")
    show.set_defaults(run=commands.show_trustlist)


def _add_statuslist(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "statuslist", help="sign or show a status list", description="Sign or show a status list."
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    sign = actions.add_parser(
        "sign", help="sign a list", description="Sign a list in which all but some places are valid."
    )
    sign.add_argument("--uri", required=True, help="address under which the list is published and that seals name")
    sign.add_argument("--size", type=int, required=True, help="number of places")
    sign.add_argument("--bits", type=int, choices=(1, 2), default=2)
    sign.add_argument("--revoked", type=int, nargs="*", default=[], metavar="PLACE")
    sign.add_argument("--suspended", type=int, nargs="*", default=[], metavar="PLACE")
    _add_signing(sign)
    sign.set_defaults(run=commands.sign_statuslist)
    show = actions.add_parser("show", help="check and show a list", description="Check a status list and show it.")
    show.add_argument("file", type=Path)
    show.add_argument("--uri", required=True, help="address that the list has to be for")
    show.add_argument("--certificate", type=Path, required=True, metavar="FILE", help="certificate of its signer")
    show.set_defaults(run=commands.show_statuslist)


def _add_vectors(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    vectors = subparsers.add_parser(
        "vectors", help="write test vectors", description="Write seals with their verdicts, for other verifiers."
    )
    vectors.add_argument("file", type=Path)
    vectors.set_defaults(run=commands.write_vectors)
    mutants = subparsers.add_parser(
        "mutants",
        help="write mutated seals",
        description="Write mutated seals with their verdicts, for other verifiers.",
    )
    mutants.add_argument("file", type=Path)
    mutants.add_argument("--seed", type=int, default=1)
    mutants.add_argument("--count", type=int, default=1000)
    mutants.set_defaults(run=commands.write_mutants)


def _add_signing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--key", type=Path, required=True, metavar="FOLDER", help="folder made by vdseal keygen")
    parser.add_argument("--days", type=_days, required=True, help="after so many days the list is too old")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="where the signed list goes")
    _add_passphrase(parser)


def _add_passphrase(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--passphrase-file", type=Path, metavar="FILE", help="file with the passphrase of the key; default: ask"
    )


def _days(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 5 or not 1 <= int(text) <= 36_500:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of days from 1 to 36500")
    return int(text)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no time, such as 2026-09-01T12:00:00+02:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


if __name__ == "__main__":
    sys.exit(main())
