"""Tables for other programs (CSV), as the workbench offers them for download."""

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse


def csv_table(name: str, rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A table as a download, which tells its encoding to spreadsheets."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.write("\ufeff")
    csv.writer(response).writerows(rows)
    return response
