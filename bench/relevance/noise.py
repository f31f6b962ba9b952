"""Other German texts: about gardens, sport, cooking, traffic and the like, in the tone of a town's pages.

They share with the catalogue what all such texts share (advice, funding, projects, towns, children, costs), and mention
in passing nouns from a newspaper's vocabulary, which the package HanTa brings. Nothing in them is about our field:
whatever of it a search shows for a judged query is a wrong answer.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from HanTa.HanoverTagger import HanoverTagger

SEED = 20_260_103
# Subjects of titles; nouns; what one does with them (an infinitive at the end fits "wie Anfänger …").
_DOMAINS: dict[str, tuple[str, str, str]] = {
    "Garten": (
        "Gartentage, Rosenschau, Staudenmarkt, Schulgarten am Bach, Kleingartenwesen, Gartenpflege im Herbst",
        "Rosen, Hecken, Stauden, Gemüsebeete, Obstbäume, Komposthaufen, Gewächshäuser, Rasenflächen, Blumenzwiebeln, "
        "Gartenteiche, Kräuterspiralen, Gießkannen, Nützlinge, Schnecken, Pflanzenschutzmittel",
        "Beete anlegen, Obstbäume schneiden, Rasen säen, Hecken pflegen, Kompost umsetzen",
    ),
    "Sport": (
        "Stadtlauf, Schwimmwoche, Hallenturnier, Sportabzeichen, Kletterhalle, Jugendfußball im Kreis",
        "Turnhallen, Trikots, Schiedsrichter, Fußballplätze, Schwimmbecken, Laufstrecken, Mannschaften, "
        "Trainingspläne, Pokale, Übungsleiter, Sportvereine, Ligaspiele, Freistöße, Aufwärmübungen",
        "Mannschaften trainieren, Turniere ausrichten, Bahnen schwimmen, Bälle passen, Kondition aufbauen",
    ),
    "Küche": (
        "Kochkurs, Brotbacktag, Suppenfest, Essen im Freien, Gewürzkunde, Kantinenküche neu gedacht",
        "Suppen, Brotteige, Gewürze, Eintöpfe, Nudelgerichte, Backöfen, Pfannen, Soßen, Salate, Rezepte, Kuchenformen, "
        "Käsesorten, Einmachgläser, Kartoffeln, Knödel",
        "Gemüse schneiden, Brot backen, Soßen binden, Essen anrichten, Marmelade kochen",
    ),
    "Verkehr": (
        "Radwegenetz, Buslinie 14, Fahrplanwechsel, Parkraumkonzept, Brückensanierung, Zählung an der Ringstraße",
        "Radwege, Ampeln, Buslinien, Parkplätze, Kreisverkehre, Fahrpläne, Haltestellen, Brücken, Straßenbahnen, "
        "Verkehrsschilder, Lastwagen, Unterführungen, Fußgängerzonen, Ladesäulen",
        "Radwege markieren, Ampeln umrüsten, Fahrpläne abstimmen, Brücken sanieren, Pendler zählen",
    ),
    "Technik": (
        "Breitbandausbau, Serverumzug, Sensorik im Stadtgebiet, Reparaturwerkstatt, Robotik für Einsteiger, Funknetz",
        "Glasfaserkabel, Server, Sensoren, Lötkolben, Platinen, Funkmasten, Drucker, Roboter, Datenbanken, "
        "Bildschirme, Akkus, Schnittstellen, Programme, Mikrofone, Ersatzteile",
        "Kabel verlegen, Platinen löten, Programme schreiben, Sensoren eichen, Akkus prüfen",
    ),
    "Verwaltung": (
        "Haushaltsplan, Aktenordnung, Dienstwagenregelung, Fundbüro, Gebührensatzung, Stellenbewertung im Rathaus",
        "Formulare, Gebühren, Aktenpläne, Sitzungen, Ausschüsse, Dienstreisen, Stempel, Satzungen, Wahlhelfer, "
        "Poststellen, Urkunden, Haushaltsmittel, Vergaben, Protokolle",
        "Akten ablegen, Gebühren berechnen, Sitzungen vorbereiten, Protokolle führen, Vergaben prüfen",
    ),
    "Musik": (
        "Orgelsommer, Chorprobe, Musikschule, Jazznacht, Blasmusik im Park, Instrumentenbau",
        "Orgeln, Chöre, Geigen, Noten, Konzerte, Trompeten, Proben, Klaviere, Orchester, Lieder, Trommeln, Bühnen",
        "Noten lesen, Geigen stimmen, Lieder proben, Konzerte planen, Takte zählen",
    ),
    "Tiere": (
        "Bienenprojekt, Tierheim, Vogelzählung, Hundewiese, Fledermausnacht, Amphibienwanderung",
        "Bienen, Igel, Vögel, Hunde, Katzen, Fledermäuse, Nistkästen, Frösche, Pferde, Impfungen, Futterstellen",
        "Nistkästen bauen, Vögel zählen, Hunde erziehen, Bienen halten, Igel versorgen",
    ),
    "Energie": (
        "Solardächer, Nahwärme, Stromsparwettbewerb, Windpark am Hügel, Wärmepumpentag, Energieberatung im Rathaus",
        "Solarmodule, Wärmepumpen, Heizkessel, Windräder, Dämmstoffe, Stromzähler, Speicher, Thermostate, Leitungen",
        "Heizungen einstellen, Dächer dämmen, Strom sparen, Zähler ablesen, Wärme speichern",
    ),
    "Abfall": (
        "Wertstoffhof, Sperrmüllabfuhr, Kompostwerk, Frühjahrsputz, Mehrwegbecher, Recycling von Elektrogeräten",
        "Tonnen, Container, Altpapier, Glasflaschen, Verpackungen, Deponien, Kunststoffe, Bioabfälle, Batterien, Säcke",
        "Abfälle trennen, Papier sammeln, Tonnen leeren, Geräte zerlegen, Becher spülen",
    ),
    "Wald": (
        "Waldumbau, Pilzwanderung, Forstrevier Süd, Holzauktion, Borkenkäfer, Lehrpfad im Buchenwald",
        "Buchen, Eichen, Pilze, Wanderwege, Rehe, Hochsitze, Borkenkäfer, Setzlinge, Lichtungen, Holzstapel, Farne",
        "Setzlinge pflanzen, Stämme messen, Pilze bestimmen, Wege freischneiden, Wild beobachten",
    ),
    "Museum": (
        "Museumsnacht, Keramikausstellung, Heimatarchiv, Römerfunde, Depot, Führungen im Schloss",
        "Gemälde, Vitrinen, Münzen, Scherben, Skulpturen, Führungen, Kataloge, Archive, Rahmen, Grabungen, Mosaike",
        "Scherben kleben, Münzen ordnen, Bilder hängen, Funde vermessen, Besucher führen",
    ),
    "Wetter": (
        "Hochwasserschutz, Wetterstation, Starkregenkarte, Hitzeplan, Winterdienst, Sturmschäden",
        "Pegel, Deiche, Regenmengen, Gewitter, Streusalz, Schneepflüge, Messreihen, Stürme, Rückhaltebecken, Warnungen",
        "Pegel messen, Straßen streuen, Deiche erhöhen, Karten zeichnen, Vorhersagen lesen",
    ),
    "Reise": (
        "Wanderwoche, Campingplatz, Ferienstraße, Gästekarte, Burgenfahrt, Radreise am Fluss",
        "Koffer, Zelte, Burgen, Hotels, Landkarten, Gästezimmer, Ausflüge, Fähren, Strände, Andenken, Seilbahnen",
        "Zelte aufbauen, Routen planen, Burgen besichtigen, Gäste empfangen, Koffer packen",
    ),
    "Feuerwehr": (
        "Löschzug, Brandschutzübung, Jugendfeuerwehr, Leiterwagen, Rauchmeldertag, Gerätehaus",
        "Schläuche, Leitern, Rauchmelder, Helme, Sirenen, Löschteiche, Übungen, Atemmasken, Pumpen, Einsatzpläne",
        "Schläuche rollen, Brände löschen, Leitern aufstellen, Alarme üben, Pumpen warten",
    ),
    "Bibliothek": (
        "Lesesommer, Bücherbus, Vorlesestunde, Bibliothek der Dinge, Comicabend, Buchbinderei",
        "Bücher, Regale, Romane, Leihfristen, Zeitschriften, Lesezeichen, Kataloge, Comics, Hörbücher, Ausweise",
        "Bücher leihen, Romane lesen, Regale ordnen, Seiten binden, Geschichten erzählen",
    ),
    "Finanzen": (
        "Sparkassenbericht, Anleihe, Zinsentwicklung, Rücklagen, Jahresabschluss, Steuerschätzung",
        "Zinsen, Anleihen, Konten, Bilanzen, Rücklagen, Darlehen, Aktien, Abschreibungen, Prüfer, Umlagen, Hebesätze",
        "Bilanzen lesen, Zinsen vergleichen, Konten führen, Darlehen tilgen, Umlagen schätzen",
    ),
    "Sterne": (
        "Sternwarte, Planetenweg, Mondfinsternis, Teleskopbau, Raumfahrtabend, Kometenjahr",
        "Planeten, Kometen, Teleskope, Raketen, Satelliten, Galaxien, Krater, Linsen, Umlaufbahnen, Sternbilder",
        "Sterne beobachten, Linsen schleifen, Bahnen berechnen, Kometen suchen, Raketen bauen",
    ),
    "Theater": (
        "Puppenbühne, Freilichtspiele, Kostümwerkstatt, Spielplan, Improvisation, Bühnentechnik",
        "Kostüme, Masken, Bühnenbilder, Schauspieler, Vorhänge, Scheinwerfer, Komödien, Proben, Eintrittskarten",
        "Rollen lernen, Kostüme nähen, Kulissen malen, Scheinwerfer richten, Stücke proben",
    ),
    "Handwerk": (
        "Töpfermarkt, Schmiedekurs, Holzwerkstatt, Dachdeckertag, Uhrmacherei, Weben und Färben",
        "Hobel, Ziegel, Ambosse, Töpferscheiben, Webstühle, Zahnräder, Nägel, Farben, Bretter, Sägen, Meisterbriefe",
        "Bretter hobeln, Ton formen, Eisen schmieden, Dächer decken, Stoffe färben",
    ),
}
_TOWNS = (
    "Kassel",
    "Ulm",
    "Bremen",
    "Rostock",
    "Jena",
    "Fulda",
    "Passau",
    "Husum",
    "Görlitz",
    "Trier",
    "Celle",
    "Worms",
)
# What texts of every office share. {a} and {b} are nouns of the text's subject, {do} something one does with them.
_SHARED = (
    "Die Beratung ist kostenlos und dauert etwa eine Stunde.",
    "Das Projekt läuft drei Jahre; die Kosten trägt die Stadt.",
    "Die Förderung des Landes deckt die Hälfte der Kosten.",
    "Kinder und Jugendliche zahlen keinen Eintritt.",
    "Grundlage ist das Gesetz, das im vorigen Jahr geändert wurde.",
    "Familien, Schulen und Vereine machen mit.",
    "Fachleute aus mehreren Kommunen tauschen sich über {a} aus.",
    "Die Arbeit vor Ort übernimmt ein Verein.",
    "Das Amt kontrolliert {a} und {b} einmal im Jahr.",
    "Wer Hilfe braucht, wendet sich an das Rathaus.",
    "Ein Netzwerk aus Stadt und Land begleitet das Vorhaben.",
    "Die Ausbildung dauert zwei Jahre und endet mit einer Prüfung.",
    "Die Konferenz findet im Herbst statt; der Bericht erscheint im Frühjahr.",
    "Menschen aus der Nachbarschaft bringen {a} mit.",
    "Die Stelle ist Teil der Verwaltung und hat feste Sprechzeiten.",
    "Informationen gibt es auch in anderen Sprachen.",
)
_OWN = (
    "{a} und {b} stehen in diesem Jahr im Mittelpunkt.",
    "Ein Kurs zeigt, wie Anfänger {do}.",
    "Die Stadt stellt {a} und {b} bereit.",
    "Wo früher {a} waren, gibt es heute {b}.",
    "Es geht um {a}, um {b} und um die Frage, wie alle gemeinsam {do}.",
    "{a} und {b}: damit gibt es in {town} gute Erfahrungen.",
)
_PASSING = (
    "Im Bericht geht es auch um {x}, {y} und {z}.",
    "Stichworte der Runde waren {x}, {y} und {z}.",
    "Am Rande kamen {x} und {y} zur Sprache.",
)
# A text in which one of these occurs would be about our field after all.
_OURS = re.compile(
    "abschieb|arbeitslos|asyl|ausbeut|ausländ|bauaufsicht|bauordnung|betrug|betrüg|bulgar|diskriminier|ehe|einwander|"
    "entwicklungshilfe|entwicklungsl|entwicklungspolit|erwerbslos|flücht|flucht|gastarbeit|geldern|geldwäsche|"
    "hausbesetz|heirat|holländ|immobil|integrat|kindergarten|kindergeld|krankenkass|krankenversich|krimin|leiharbeit|"
    "mafia|menschenhand|migra|minderheit|missbrauch|mißbrauch|mieter|niederländ|niederland|prostitu|rassis|razzia|roma|"
    "rumän|schleuser|schlepper|schwarzarbeit|sinti|sozialamt|sozialhilfe|sozialleist|terror|vergewaltig|verwahrlos|"
    "zuwander|zwang|zigeuner"
)


@dataclass(frozen=True)
class Text:
    """One text, in the parts an entry has."""

    slug: str
    title: str
    summary: str
    points: tuple[str, ...]
    topic: str
    town: str


def texts(count: int, *, seed: int = SEED) -> Iterator[Text]:
    """As many distinct texts; the same seed gives the same."""
    chance = random.Random(seed)
    nouns = newspaper_nouns()
    for number in range(1, count + 1):
        topic = chance.choice(list(_DOMAINS))
        subjects, things, doing = (part.split(", ") for part in _DOMAINS[topic])
        town = chance.choice(_TOWNS)

        def sentence(frames: tuple[str, ...], things: list[str] = things, doing: list[str] = doing) -> str:
            a, b = chance.sample(things, 2)
            x, y, z = chance.sample(nouns, 3)
            values = {"a": a, "b": b, "do": chance.choice(doing), "town": chance.choice(_TOWNS), "x": x, "y": y, "z": z}
            return chance.choice(frames).format(**values)

        yield Text(
            slug=f"rauschen-{number:05}",
            title=f"{chance.choice(subjects)} in {town} {number}",
            summary=f"{sentence(_OWN)} {sentence(_SHARED)}",
            points=tuple(
                sentence(chance.choices((_OWN, _SHARED, _PASSING), (3, 3, 2))[0]) for _ in range(chance.randint(3, 8))
            ),
            topic=topic,
            town=town,
        )


def topics() -> list[str]:
    return list(_DOMAINS)


def towns() -> list[str]:
    return list(_TOWNS)


def newspaper_nouns() -> list[str]:
    """Nouns of the news texts from which HanTa learnt, in the forms in which they occurred there."""
    tagger = HanoverTagger("morphmodel_ger.pgz")
    found = (
        word
        for word, tags in tagger.cache.items()
        if len(word) > 4 and word.isalpha() and tagger.int2tag[max(tags, key=lambda tag: tag[1])[0]] == "NN"
    )
    return sorted(word.capitalize() for word in found if not _OURS.search(word))
