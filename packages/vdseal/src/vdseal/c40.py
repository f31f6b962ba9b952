"""C40 as the header uses it: space, digits and capital letters, three in two bytes (TR-03137 part 1)."""

from __future__ import annotations

from vdseal.errors import CharacterError, TruncatedError

# Values 0 to 2 are shifts; the header needs none of them, 0 also fills the last pair.
_PAD = 0
_CHARACTERS = " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FIRST = 3
_UNLATCH = 0xFE


def encoded_length(characters: int) -> int:
    """Bytes that so many characters take (TR-03137 part 1)."""
    return (characters + 2) // 3 * 2


def encode(text: str) -> bytes:
    """Three characters in two bytes; one left over is 0xFE and ASCII + 1, two are filled with 0 (TR-03137 part 1)."""
    values = []
    for character in text:
        if character not in _CHARACTERS:
            raise CharacterError(f"{character!r} cannot stand in a header: only A to Z, 0 to 9 and space.")
        values.append(_CHARACTERS.index(character) + _FIRST)
    result = bytearray()
    for start in range(0, len(values), 3):
        group = values[start : start + 3]
        if len(group) == 1:
            result += bytes((_UNLATCH, ord(text[start]) + 1))
            continue
        group += [_PAD] * (3 - len(group))
        result += (group[0] * 1600 + group[1] * 40 + group[2] + 1).to_bytes(2, "big")
    return bytes(result)


def decode(data: bytes) -> str:
    """The inverse of `encode`; anything `encode` would not write is refused (TR-03137 part 1)."""
    if len(data) % 2:
        raise TruncatedError("C40 text ends within a pair of bytes.")
    text = ""
    for start in range(0, len(data), 2):
        last = start + 2 == len(data)
        text += _pair(data[start], data[start + 1], last=last)
    return text


def _pair(first: int, second: int, *, last: bool) -> str:
    if first == _UNLATCH and last:
        character = chr(second - 1) if second else ""
        if not character or character not in _CHARACTERS:
            raise CharacterError("The single last character of a C40 text is none that a header may hold.")
        return character
    number = first * 256 + second - 1
    values: tuple[int, ...] = (number // 1600, number // 40 % 40, number % 40)
    if number < 0 or values[0] > 39:
        raise CharacterError("A pair of bytes is no C40.")
    if last and values[2] == _PAD:
        values = values[:2]
    if any(value < _FIRST for value in values):
        raise CharacterError("C40 text in a header shifts to another set.")
    return "".join(_CHARACTERS[value - _FIRST] for value in values)
