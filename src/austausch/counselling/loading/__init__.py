"""The sections `providers` and `offices` of catalogue files; importing this registers them."""

from austausch.counselling.loading import offices, providers  # noqa: F401
