"""Files that are sent lie in memory or in a file without a name: a process that dies leaves nothing behind."""

from __future__ import annotations

import tempfile
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers


class NamelessFile(UploadedFile):  # type: ignore[type-arg]
    """What is too large for memory. Nobody else can open it, and it is gone with whoever has it open."""

    def __init__(self, name: str, content_type: str, charset: str | None, extra: Any) -> None:
        # Closed with the request.
        file: Any = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115
        super().__init__(file, name, content_type, 0, charset, extra)


class NamelessFiles(FileUploadHandler):
    """In place of Django's temporary files, which have a name in a folder of everybody until the request ends well.

    They may hold pupils' data, which must not lie about unencrypted.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.file = NamelessFile(str(self.file_name), str(self.content_type), self.charset, self.content_type_extra)
        raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> NamelessFile:
        self.file.seek(0)
        self.file.size = file_size
        return self.file

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()
