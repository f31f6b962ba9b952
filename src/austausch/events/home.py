"""What the room asks of the rooms below it."""

from __future__ import annotations

from austausch.catalogue.documents import LARGEST_FILE
from austausch.core import request_size

# The page on which organisers upload a document; its address in urls.py.
UPLOADS = "netz/termine-dokumente/"
request_size.allow(f"/{UPLOADS}", LARGEST_FILE + request_size.MEGABYTE)
