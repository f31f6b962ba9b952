"""The table of all addresses × all roles, `tests/rights/addresses.txt`.

python tools/rights.py            says what has changed
python tools/rights.py --write    writes it down; read the difference before you commit it
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--write"]):
        print(__doc__)
        return 2
    environment = {**os.environ, **({"AUSTAUSCH_WRITE_RIGHTS": "1"} if arguments else {})}
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "tests/rights/test_addresses.py"]
    return subprocess.run(command, cwd=PROJECT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
