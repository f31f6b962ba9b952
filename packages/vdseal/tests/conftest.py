"""What all tests of seals share."""

from __future__ import annotations

from hypothesis import settings

# A busy machine is no failed test.
settings.register_profile("without time limit", deadline=None)
settings.load_profile("without time limit")
