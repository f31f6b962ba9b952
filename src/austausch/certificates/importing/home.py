"""What the import adds to the network: a larger request, and a part of the home page for a school's people."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest

from austausch.certificates.importing.urls import BEGINNING
from austausch.certificates.models import ImportBatch, School, SchoolRole
from austausch.certificates.policy import schools_of
from austausch.certificates.reading import Limits
from austausch.core import network, request_size

# The file, and a form around it.
request_size.allow(f"/{BEGINNING}", Limits().bytes + request_size.MEGABYTE)


@network.section(order=5)
def imports(request: HttpRequest) -> network.Section | None:
    """Names to be checked, and imports that wait for a yes."""
    own = schools_of(request.user, SchoolRole.Role.OFFICE)
    if not own:
        return None
    schools = School.objects.filter(pk__in=own).annotate(
        doubtful=Count("pupils", filter=~Q(pupils__name_doubt=""), distinct=True),
        waiting=Count("imports", filter=Q(imports__state=ImportBatch.State.ASKING), distinct=True),
    )
    return network.Section("certificates/importing/home/_imports.html", {"schools": schools})
