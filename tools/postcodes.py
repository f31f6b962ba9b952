"""Derives `src/austausch/places/data/postcodes.csv` from GeoNames' postcodes: one is found without asking anybody.

    git clone https://github.com/zauberware/postal-codes-json-xml-csv      (unpack data/DE.zip)
    python tools/postcodes.py path/to/zipcodes.de.csv

The data are GeoNames' (geonames.org), CC BY 4.0, as that repository passes them on. A postcode of several places gets
the middle one of their latitudes and of their longitudes, so that one that lies wrong does not count. Coordinates are
rounded to about a hundred metres: they are the centre of an area several kilometres wide.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from pathlib import Path
from statistics import median

OUTPUT = Path(__file__).resolve().parent.parent / "src" / "austausch" / "places" / "data" / "postcodes.csv"


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(__doc__)
        return 2
    places: dict[str, list[tuple[float, float]]] = defaultdict(list)
    with Path(arguments[0]).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            postcode = row["zipcode"]
            if len(postcode) == 5 and postcode.isdigit() and row["latitude"] and row["longitude"]:
                places[postcode].append((float(row["latitude"]), float(row["longitude"])))
    with OUTPUT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("postcode", "latitude", "longitude"))
        for postcode, found in sorted(places.items()):
            latitudes, longitudes = zip(*found, strict=True)
            writer.writerow((postcode, round(median(latitudes), 3), round(median(longitudes), 3)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
