"""The one analyser: documents and queries go through it, so that what is written one way is found the other way.

A text becomes terms: words of letters and digits, folded (case, umlauts and their transliterations, ß, all letters
of DIN 91379) and reduced to their stem. `terms` and `words` are for documents, `analyse` for what somebody typed.
Whatever the text, none of them fails, and a term never holds anything but letters and digits, so that no term can be
an engine's syntax.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from Stemmer import Stemmer

from austausch.search import compounds

LONGEST_QUERY = 300
MOST_PARTS = 12
LONGEST_TERM = 60
SHORTEST_PREFIX = 3
LONGEST_KEY = 200

_WORD = re.compile(r"[^\W_]+")
# A word as it is displayed, which may hold combining accents, soft hyphens and joiners.
RUN = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f\u00ad\u200c\u200d])*")
_MARKS = '"„“”«»'
_QUOTED = rf"[{_MARKS}][^{_MARKS}]*[{_MARKS}]"
# Words before a colon that name a filter, in German and English.
FIELDS = {
    "thema": "thema",
    "topic": "thema",
    "ort": "ort",
    "place": "ort",
    "traeger": "traeger",
    "träger": "traeger",
    "body": "traeger",
}
_MINUS = r"(?:(?<=\s)|^)[-−–]"
# In the order in which they are tried at each place of a query.
_ELEMENT = re.compile(
    rf"(?:(?P<no>{_MINUS})|(?<=\s)|^)(?P<field>{'|'.join(FIELDS)}):\s?(?P<value>{_QUOTED}|[^\s{_MARKS}]+)"
    rf"|(?P<minus>{_MINUS})?(?P<quoted>{_QUOTED})"
    rf"|{_MINUS}(?P<without>[^\W_][^\s{_MARKS}]*)"
    rf"|(?P<plain>[^\s{_MARKS}]+)",
    re.IGNORECASE,
)
# Written with signs between thousands: a number, not several.
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
# "ue" after a vowel or q is no umlaut: neue, Quelle.
_TRANSLITERATED = re.compile(r"ae|oe|(?<![aeiouq])ue")
_UMLAUT = {"ae": "a", "oe": "o", "ue": "u"}
_RESTORED = {"ae": "ä", "oe": "ö", "ue": "ü"}
# Letters of DIN 91379 (and their lower case) that no decomposition takes apart.
_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ĸ": "k", "ł": "l", "ŋ": "n", "þ": "th"}
    | {"ŧ": "t", "ə": "a", "ƶ": "z", "ǥ": "g", "ß": "ss", "\u00ad": None, "\u200d": None, "\u200c": None}
)


class _Alone(dict[int, str]):
    """What becomes of each letter by itself: no step looks at those beside it, but for the last, transliteration."""

    def __missing__(self, code: int) -> str:
        decomposed = unicodedata.normalize("NFKD", chr(code).casefold().translate(_LETTERS))
        # Again, because a compatibility form may hide a capital letter.
        plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()
        found = plain.translate(_LETTERS)
        if code < _KEPT:
            self[code] = found
        return found


# The letters of alphabets; visitors could make it remember a million other signs.
_KEPT = 0x3000
_ALONE = _Alone()
# The stemmer keeps its state in itself, so threads take turns; `_term` is the cache, so that it needs none of its own.
_STEMMER = Stemmer("german", 0)
# Here it takes the last letter for an ending: “Kurs” and “Kurse” would be different words, the town one with the river.
_WHOLE = ("kurs", "puls", "zins", "vers", "fels", "rheine")
_TURN = threading.Lock()

STOP_WORDS = (
    "ab aber alle allem allen aller alles als also am an and andere anderen anderer anderes are auch auf aus bei beim "
    "bekomme bekommen bekommt bin bis bitte by da dabei dafür damit dann darf das dass dein dem den denn der des dich "
    "die dies diese diesem diesen dieser dieses dir do doch dort du durch dürfen ein eine einem einen einer eines er "
    "es etwas euch euer finde finden findet for from für gegen geht gibt haben habe hat how i ich ihm ihn ihr ihre "
    "ihrem ihren ihrer im in is ist ja jede jedem jeden jeder jedes jemand kann kommt können könnte machen macht "
    "man mein meine meinem meinen meiner mich mir mit muss müssen my nach noch nur ob oder of on or sehr sein "
    "seine seinem seinen seiner sich sie sind so soll sollen sollte the to tun über um und uns unser unsere unserem "
    "unseren unserer unter vom von vor wann war warum was we welche welchem welchen welcher welches wem wen wenn wer "
    "werden what when where which who why wie will wir wird with wo woher wohin wollen wozu würde you your zu zum zur "
    "zwischen bekam brauche brauchen braucht eigentlich etwa gern gerne helfen hilft jetzt lassen lässt mag mögen "
    "möchte möchten schon sonst steht tut überhaupt viel viele vielen weiß wissen a can does against about should there"
)


@dataclass(frozen=True)
class Word:
    """A word of a displayed text: where it stands (`start`, `end`), as it is `shown`, and its `term`."""

    start: int
    end: int
    shown: str
    term: str


@dataclass(frozen=True)
class Part:
    """One thing a query asks for: a word or a phrase.

    Fields: `terms` (several for a phrase, in order), `shown` (as typed), `prefix` (what the word begins with, for
    the one still being typed; else empty), `quoted`, whether it stood in quotes or is a number: then nothing like it
    is meant.
    """

    terms: tuple[str, ...]
    shown: str = ""
    prefix: str = ""
    quoted: bool = False

    @property
    def is_phrase(self) -> bool:
        return self.quoted or len(self.terms) > 1


@dataclass(frozen=True)
class Question:
    """What a query asks for.

    Fields: `parts`, any of which is enough; `without`, of which none may occur; `fields`, pairs of filter and value
    as typed; `plain`, the text without the latter two, but with the values that are no filter's.
    """

    parts: tuple[Part, ...] = ()
    without: tuple[Part, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    plain: str = ""


def words(text: str) -> list[Word]:
    """All words of a text with their places in it; those that say nothing by themselves (one letter) are left out."""
    return [
        Word(match.start(), match.end(), match[0], found[0])
        for match in RUN.finditer(text)
        if (found := terms(match[0]))
    ]


def terms(text: str) -> list[str]:
    """All terms of a text, in order, repeated ones repeated."""
    return [_term(word) for word in folded(text)]


def folded(text: str) -> list[str]:
    """All words of a text, folded but not cut to their stem."""
    # One letter alone is noise, one digit alone may be the number of a paragraph.
    return [word[:LONGEST_TERM] for word in _WORD.findall(fold(text)) if len(word) > 1 or word.isdigit()]


def key(text: str) -> str:
    """The terms of an expression without words that say nothing, with spaces between: by it synonyms are found."""
    telling = [_term(word) for word in folded(text) if word not in _STOP]
    return " ".join(telling)[:LONGEST_KEY].strip()


def spans(shown: str) -> tuple[str, ...]:
    """The terms of a compound's parts, longest first; none if the word is no compound."""
    own = _term(fold(shown))
    return tuple(dict.fromkeys(term for term, _first, _end in pieces(shown) if term != own))


# A word with its parts takes more than a kilobyte, and visitors decide which words these are.
@lru_cache(maxsize=20_000)
def pieces(shown: str) -> tuple[tuple[str, int, int], ...]:
    """As `compounds.split`, with terms instead of parts; parts that say nothing are left out."""
    parts = ((fold(part), first, end) for part, first, end in compounds.split(spelled(shown)))
    return tuple((_term(part), first, end) for part, first, end in parts if part not in _STOP)


def analyse(text: str, is_value: Callable[[str, str], bool] = lambda _filter, _value: True) -> Question:
    """What a query asks for: phrases in quotes, then words; each once, at most MOST_PARTS.

    The last word also stands for words that begin with it, unless it is in quotes. Words that say nothing ("und")
    are left out where others remain. A minus before a word or phrase excludes it, `thema:`, `ort:` and `traeger:`
    before one name a filter. What `is_value` says is no value of that filter is looked for as words, and so is what
    a filter with a minus names: nothing excludes by filters. Empty for a text without letters and digits.
    """
    text = text[:LONGEST_QUERY]
    typing = False
    phrases: list[Part] = []
    typed: list[Part] = []
    without: list[Part] = []
    fields: list[tuple[str, str]] = []
    plain: list[str] = []
    for match in _ELEMENT.finditer(text):
        typing = False
        if match["no"] or match["without"] or match["minus"]:
            without += _excluded(match["value"] or match["without"] or match["quoted"])
            continue
        if match["field"]:
            name, value = _FILTERS[fold(match["field"])], match["value"].strip(_MARKS).strip()
            fields.append((name, value))
            if is_value(name, value):
                continue
        said = match["value"] or match[0]
        plain.append(said)
        if said[0] in _MARKS or _THOUSANDS.fullmatch(said):
            phrases += [Part(tuple(found), said.strip(_MARKS), quoted=True)] if (found := terms(said)) else []
            continue
        run = _typed(said)
        typed += run
        typing = bool(run)
    return Question(
        parts=_parts(phrases, typed, typing=typing),
        without=tuple(dict.fromkeys(without))[:MOST_PARTS],
        fields=tuple(dict.fromkeys(fields))[:MOST_PARTS],
        plain=" ".join(plain),
    )


def plainly(text: str) -> Question:
    """The query taken as words only: quotes, minus and colons mean nothing."""
    run = _typed(text[:LONGEST_QUERY])
    return Question(parts=_parts([], run, typing=bool(run)), plain=text)


def fold(text: str) -> str:
    """Case, umlauts, ß and accents made equal: “Fälschung”, “Faelschung” and “FALSCHUNG” are the same."""
    return _TRANSLITERATED.sub(lambda match: _UMLAUT[match[0]], letters(text))


def letters(text: str) -> str:
    """As `fold`, but umlauts that are written as two letters remain two."""
    return text.lower() if text.isascii() else text.translate(_ALONE)


def _typed(text: str) -> list[Part]:
    """The words of a text, each as typed and folded (in place of the term)."""
    found = []
    for match in RUN.finditer(text):
        run = folded(match[0])
        # A single character may stand for several words (㎞²); they have no spelling of their own.
        found += [Part((word,), match[0] if len(run) == 1 else word) for word in run]
    return found


def _parts(phrases: list[Part], typed: list[Part], *, typing: bool) -> tuple[Part, ...]:
    last = typed[-1].terms[0] if typing else ""
    telling = [part for part in typed if part.terms[0] not in _STOP]
    kept = telling or ([] if phrases else typed)
    parts = {part.terms: part for part in phrases}
    for part in kept:
        word = part.terms[0]
        prefix = word if word == last and len(word) >= SHORTEST_PREFIX else ""
        terms = (_term(word),)
        parts.setdefault(terms, Part(terms, part.shown, prefix))
    return tuple(parts.values())[:MOST_PARTS]


def _excluded(shown: str) -> list[Part]:
    found = terms(shown)
    return [Part(tuple(found), shown.strip(_MARKS))] if found else []


def spelled(shown: str) -> str:
    """Lower case with real umlauts and without ß, the same for every way of writing them."""
    text = unicodedata.normalize("NFC", shown.casefold().replace("\u00ad", ""))
    return _TRANSLITERATED.sub(lambda match: _RESTORED[match[0]], text)


@lru_cache(maxsize=200_000)
def _term(word: str) -> str:
    if word.endswith(_WHOLE):
        return word
    with _TURN:
        stem = str(_STEMMER.stemWord(word)) or word
    # Of several women it leaves one letter more than of one: Kundin, Kundinnen.
    return stem[:-1] if stem.endswith("inn") and len(stem) > 5 else stem


_STOP = frozenset(fold(STOP_WORDS).split())
# Folded, because to the expression above “ı” is an i.
_FILTERS = {fold(word): name for word, name in FIELDS.items()}
