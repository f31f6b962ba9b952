"""`python -m bench.verify`: from a photographed page to the answer, in a headless browser, with and without a network.

    python -m bench.verify                  times of 30 photographs, p50 and p95, online and offline
    python -m bench.verify --photographs N  another number
    python -m bench.verify --agreement      100,000 mutated seals, answered by Python and by the browser's core

A page of A4 with both codes is rendered at 400 dpi, then turned, tilted, blurred, unevenly lit, noisy and saved as JPEG
of 12 megapixels, differently for each photograph and the same ones in each run. Some are too bad to be read: which ones
is printed. Compared in the same run with the fragment of the QR
code, which needs no picture: what is left is the time that reading pictures takes. Needs a database that may be
emptied, as tests do: it makes its own SQLite file.
"""

from __future__ import annotations

import argparse
import os
import sys
import time


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.verify")
    parser.add_argument("--photographs", type=int, default=30)
    parser.add_argument("--agreement", action="store_true")
    parser.add_argument("--seals", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=3026, help="of the mutants: another one makes others")
    options = parser.parse_args(arguments)
    os.environ["DJANGO_SETTINGS_MODULE"] = "austausch.settings.test"
    os.environ["DATABASE_URL"] = ""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    import django

    django.setup()
    return agreement(options.seals, options.seed) if options.agreement else photographs(options.photographs)


def agreement(count: int, seed: int) -> int:
    from bench.verify.agreement import of_mutants

    started, computed = time.perf_counter(), os.times()
    codes, different = of_mutants(seed=seed, count=count, told=lambda done: print(f"  {done:,} …", flush=True))
    spent = os.times()
    cpu = sum(spent[:4]) - sum(computed[:4])
    seconds = time.perf_counter() - started
    print(f"{count:,} mutated seals, {len(different)} answered differently ({seconds:.0f} s, {cpu:.0f} s CPU)")
    for code, number in sorted(codes.items(), key=lambda item: -item[1]):
        print(f"  {number:7,}  {code}")
    for one in different[:5]:
        print(f"  differs: {one}")
    return 1 if different else 0


def photographs(count: int) -> int:
    from bench.verify.page import measure

    for line in measure(count):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
