"""An office as a file for address books. What is not known is left out."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpResponse

from austausch.core.vcard import CONTENT_TYPE, card, escaped
from austausch.counselling.display import phone_url
from austausch.counselling.models import Office


def vcard_response(office: Office) -> HttpResponse:
    response = HttpResponse(card(_lines(office), changed_at=office.changed_at), content_type=CONTENT_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{office.slug}.vcf"'
    return response


def _lines(office: Office) -> Iterator[str]:
    yield "KIND:org"
    yield f"FN:{escaped(office.name)}"
    if office.provider:
        yield f"ORG:{escaped(office.provider.name)}"
    if office.phone:
        yield f"TEL;VALUE=uri;TYPE=work,voice:{phone_url(office.phone)}"
    if office.email:
        yield f"EMAIL;TYPE=work:{escaped(office.email)}"
    if office.website:
        yield f"URL:{office.website}"
    if office.place and not office.is_protected:
        yield f"ADR;TYPE=work:;;{escaped(office.street)};{escaped(office.place.name)};;{office.postcode};"
    for row in office.spoken.all():
        yield f"LANG:{row.code}"
