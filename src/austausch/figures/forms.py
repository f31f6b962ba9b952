"""The form in which editors change a statistic."""

from __future__ import annotations

from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminModelForm

from austausch.figures import times


class StatisticForm(WagtailAdminModelForm):
    """Its figures are of one kind of time, as files have to be, too."""

    def is_valid(self) -> bool:
        if not super().is_valid():
            return False
        rows = [form.cleaned_data for form in self.formsets["values"].forms]
        kept = [row["year"] for row in rows if row.get("year") and not row.get("DELETE")]
        if len({times.kind_of(time) for time in kept}) > 1:
            what = _("A table holds years, quarters or months, not several of these.")
            self.add_error(None, f"{what} {_('Make several tables.')}")
            return False
        return True
