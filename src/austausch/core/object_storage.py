"""Pictures of editorial pages in a private bucket, still under our own address.

No page may load from another host, so the bucket's addresses are never shown: a file is read here and passed on.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage


class MediaStorage(S3Storage):
    def url(self, name: str, parameters: object = None, expire: object = None, http_method: object = None) -> str:
        return settings.MEDIA_URL + str(filepath_to_uri(name))
