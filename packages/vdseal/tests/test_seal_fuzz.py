"""A short run of the fuzzer; longer ones are started by hand (README)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_the_fuzzer_finds_nothing_in_ten_thousand_inputs(tmp_path: Path) -> None:
    fuzzer = Path(__file__).parents[1] / "fuzz" / "fuzz_seals.py"
    result = subprocess.run(
        [sys.executable, fuzzer, "-runs=10000", "-seed=1", "-max_len=1500"],
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-4000:]
    assert "Done 10000 runs" in result.stderr
