"""What the list of information pages is called, in the languages of its readers.

NEEDS A NATIVE CHECK, like languages/phrases.py.
"""

from __future__ import annotations

TITLE = {
    "de": "Vor der Reise",
    "leicht": "Vor der Reise",
    "en": "Before you travel",
    "ro": "Înainte de plecare",
    "bg": "Преди да тръгнете",
    "tr": "Yola çıkmadan önce",
    "ar": "قبل السفر",
}
LEAD = {
    "de": "Was Sie wissen sollten, bevor Sie zum Arbeiten und Wohnen nach Deutschland kommen.",
    "leicht": "Sie wollen in Deutschland arbeiten und wohnen? Das müssen Sie vorher wissen.",
    "en": "What you should know before you come to Germany to work and live.",
    "ro": "Ce trebuie să știți înainte de a veni în Germania pentru a munci și a locui.",
    "bg": "Какво трябва да знаете, преди да дойдете в Германия да работите и живеете.",
    "tr": "Çalışmak ve yaşamak için Almanya'ya gelmeden önce bilmeniz gerekenler.",
    "ar": "ما يجب أن تعرفه قبل أن تأتي إلى ألمانيا للعمل والسكن.",
}
