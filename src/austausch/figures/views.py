"""The figures: one page with all of them, and each for download."""

from __future__ import annotations

import csv
import io

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from austausch.core.page_cache import public_page
from austausch.core.spreadsheets import harmless
from austausch.figures import times
from austausch.figures.looking import LABELS, Look, possible
from austausch.figures.queries import inhabitants, public_statistics
from austausch.figures.tables import Table, as_json


@require_safe
@public_page
def statistics(request: HttpRequest) -> HttpResponse:
    tables = [Table.of(found) for found in public_statistics()]
    return render(request, "figures/list.html", {"tables": tables, "trail": [(_("Figures"), "")]})


@require_safe
@public_page
def statistic(request: HttpRequest, pk: int) -> HttpResponse:
    """`?ansicht=index|je1000&reihe=…&reihe=…`: one statistic, as figures, as an index or per 1,000 inhabitants."""
    whole = Table.of(get_object_or_404(public_statistics(), pk=pk), inhabitants())
    look = Look.of(request.GET, whole)
    context = {
        "table": look.at(whole),
        "look": look,
        "views": [(view, LABELS[view], view == look.view) for view in possible(whole)],
        "choices": [(series.name, series.name in look.series) for series in whole.series],
        "query": f"?{request.GET.urlencode()}" if look != Look() else "",
        "trail": [(_("Figures"), reverse("figures:list")), (whole.statistic.title, "")],
    }
    return render(request, "figures/statistic.html", context)


@require_safe
@public_page
def download(request: HttpRequest, pk: int, format: str) -> HttpResponse:  # noqa: A002
    """The figures of one statistic as a file; CSV for spreadsheets, JSON for programs."""
    whole = Table.of(get_object_or_404(public_statistics(), pk=pk), inhabitants())
    table = Look.of(request.GET, whole).at(whole)
    if format == "csv":
        response = HttpResponse(as_csv(table), content_type="text/csv; charset=utf-8")
    elif format == "json":
        response = JsonResponse(as_json(table), json_dumps_params={"ensure_ascii": False, "indent": 2})
    else:
        raise Http404
    name = slugify(table.statistic.title.translate(_UMLAUTS)) or f"statistik-{pk}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{format}"'
    return response


def as_csv(table: Table) -> str:
    """One line a figure, with semicolons and a byte order mark: so a German spreadsheet opens it with a click."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    statistic = table.statistic
    heading = [
        _("Series"),
        table.time_heading,
        _("Value"),
        _("Unit"),
        _("Source"),
        _("Licence"),
        _("Retrieved on"),
        _("Revised"),
    ]
    basis = harmless(" ".join(table.basis))
    heading += [_("Computed with")] if basis else []
    writer.writerow(heading)
    retrieved = statistic.retrieved_on.isoformat() if statistic.retrieved_on else ""
    for series in table.series:
        for year, number in series.values.items():
            value = f"{number.normalize():f}"
            if get_language() != "en":
                value = value.replace(".", ",")
            texts = (series.name, table.unit, statistic.stated_source, statistic.licence)
            name, unit, source, licence = map(harmless, texts)
            revised = _("revised") if (series.name, year) in table.revised_cells else ""
            row = [name, times.written(year), value, unit, source, licence, retrieved, revised]
            writer.writerow([*row, basis] if basis else row)
    return "\N{BYTE ORDER MARK}" + written.getvalue()


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})
