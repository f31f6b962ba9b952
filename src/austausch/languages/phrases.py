"""The few fixed sentences that a reader gets in the language of the text, all in one place.

NEEDS A NATIVE CHECK: Romanian, Bulgarian, Turkish and Arabic were written by people who learned these languages. They
are kept short and plain so that little can be wrong. Whoever grew up with one of them is asked to read them once and to
strike the language from this paragraph. Easy Language needs the reading of people for whom it is made.

They are no messages of the interface: that is German or English, while a reader of a Bulgarian text needs Bulgarian.
"""

from __future__ import annotations

import datetime as dt

# {day}: a date in digits.
MISSING = {
    "de": "Diesen Text gibt es in dieser Sprache noch nicht. Sie lesen ihn auf Deutsch.",
    "leicht": "Diesen Text gibt es noch nicht in Leichter Sprache. Sie sehen den Text in schwerer Sprache.",
    "en": "This text does not exist in English yet. You are reading it in German.",
    "ro": "Acest text nu există încă în limba română. Îl citiți în limba germană.",
    "bg": "Този текст още не съществува на български език. Четете го на немски.",
    "tr": "Bu metin henüz Türkçe olarak mevcut değil. Metni Almanca okuyorsunuz.",
    "ar": "هذا النص غير متوفر باللغة العربية بعد. أنت تقرأه باللغة الألمانية.",
}
# Said in the language of the page beside the sentence above.
MISSING_IN = {
    "de": "Diesen Text gibt es noch nicht auf {name}. Sie lesen ihn auf Deutsch.",
    "en": "This text does not exist in {name} yet. You are reading it in German.",
}
NAMES_IN = {
    "de": {"leicht": "Leichter Sprache", "en": "Englisch", "ro": "Rumänisch", "bg": "Bulgarisch", "tr": "Türkisch",
           "ar": "Arabisch"},
    "en": {"leicht": "Easy Language", "en": "English", "ro": "Romanian", "bg": "Bulgarian", "tr": "Turkish",
           "ar": "Arabic"},
}  # fmt: skip
OUTDATED = {
    "leicht": "Der deutsche Text ist seit dem {day} anders. Vielleicht stimmt dieser Text hier nicht mehr.",
    "en": "The German text has changed since {day}. This version may be out of date.",
    "ro": "Textul german s-a schimbat după data de {day}. Este posibil ca această versiune să nu mai fie actuală.",
    "bg": "Немският текст е променен след {day}. Тази версия може да не е актуална.",
    "tr": "Almanca metin {day} tarihinden sonra değişti. Bu metin artık güncel olmayabilir.",
    "ar": "تغيّر النص الألماني بعد {day}. قد لا تكون هذه النسخة محدّثة.",
}
UNCONFIRMED = {
    "leicht": "Diesen Text hat noch niemand geprüft. Vielleicht sind Fehler im Text. Der deutsche Text gilt.",
    "en": "No native speaker has checked this text yet. It may contain mistakes. The German text applies.",
    "ro": "Acest text nu a fost încă verificat de un vorbitor nativ. Poate conține greșeli. Este valabil textul "
    "german.",
    "bg": "Този текст още не е проверен от човек, за когото езикът е роден. Възможни са грешки. Важи немският текст.",
    "tr": "Bu metin henüz ana dili Türkçe olan biri tarafından kontrol edilmedi. Hatalar olabilir. Almanca metin "
    "geçerlidir.",
    "ar": "لم يراجع هذا النص بعد شخص لغته الأم العربية. قد تكون فيه أخطاء. النص الألماني هو المعتمد.",
}
CONFIRMED = {
    "leicht": "Dieser Text ist geprüft. Das war am {day}.",
    "en": "Checked on {day}.",
    "ro": "Verificat la data de {day}.",
    "bg": "Проверено на {day}.",
    "tr": "{day} tarihinde kontrol edildi.",
    "ar": "تمت المراجعة بتاريخ {day}.",
}
REST = {
    "leicht": "Die anderen Teile von dieser Seite sind in schwerer Sprache.",
    "en": "Other parts of this page are in German.",
    "ro": "Celelalte părți ale acestei pagini sunt în limba germană.",
    "bg": "Останалите части на тази страница са на немски език.",
    "tr": "Bu sayfanın diğer bölümleri Almancadır.",
    "ar": "الأجزاء الأخرى من هذه الصفحة باللغة الألمانية.",
}
# Headings that stand between the parts of a text. A part without one here keeps that of the interface.
HEADINGS = {
    "starting_point": {
        "leicht": "Darum geht es", "en": "Starting point", "ro": "Situația inițială", "bg": "Изходно положение",
        "tr": "Başlangıç durumu", "ar": "الوضع في البداية",
    },
    "goals": {
        "leicht": "Das sind die Ziele", "en": "Goals", "ro": "Obiective", "bg": "Цели", "tr": "Hedefler",
        "ar": "الأهداف",
    },
    "procedure": {
        "leicht": "So wird es gemacht", "en": "Procedure", "ro": "Cum se procedează", "bg": "Как се прави",
        "tr": "Nasıl yapılıyor", "ar": "طريقة العمل",
    },
    "facts": {
        "leicht": "Das ist wichtig", "en": "Key facts", "ro": "Date importante", "bg": "Важни факти",
        "tr": "Önemli bilgiler", "ar": "معلومات مهمة",
    },
    "results": {
        "leicht": "Das ist dabei herausgekommen", "en": "Results", "ro": "Rezultate", "bg": "Резултати",
        "tr": "Sonuçlar", "ar": "النتائج",
    },
    "lessons": {
        "leicht": "Das haben wir gelernt", "en": "Lessons learned", "ro": "Ce am învățat", "bg": "Какво научихме",
        "tr": "Ne öğrendik", "ar": "ما تعلمناه",
    },
    "transferability": {
        "leicht": "Das brauchen andere dafür", "en": "What others need to take this over",
        "ro": "De ce au nevoie alții pentru a prelua aceasta", "bg": "Какво е нужно на други, за да го приложат",
        "tr": "Bunu uygulamak isteyenlere neler gerekir", "ar": "ما يحتاجه الآخرون لتطبيق ذلك",
    },
    "sources": {
        "de": "Woher das kommt", "leicht": "Woher wir das wissen", "en": "Where this comes from",
        "ro": "De unde provin aceste informații", "bg": "Откъде е тази информация", "tr": "Bu bilgiler nereden",
        "ar": "مصدر هذه المعلومات",
    },
}  # fmt: skip


def said(sentences: dict[str, str], code: str, day: dt.date | None = None) -> str:
    """The sentence in this language, with its date in digits."""
    return sentences[code].format(day=f"{day:%d.%m.%Y}" if day else "")


def heading(key: str, code: str) -> str:
    """The heading of this part in this language; empty where there is none."""
    return HEADINGS.get(key, {}).get(code, "")
