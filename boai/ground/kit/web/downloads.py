"""Answers that are files, with (Chinese) names that every browser reads."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from boai.ground.kit.spreadsheets.writing import CSV, XLSX, Column, write_csv, write_xlsx

PDF = "application/pdf"


def file_response(
    content: bytes, name: str, content_type: str = PDF, *, inline: bool = False
) -> HttpResponse:
    """A file; ``inline`` shows it in the browser."""
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = content_disposition_header(not inline, name) or "attachment"
    answer["Cache-Control"] = "private, no-store"
    return answer


def csv_response(
    columns: Sequence[Column | str], rows: Iterable[Sequence[Any]], name: str
) -> HttpResponse:
    """A table as CSV with a byte order mark."""
    return file_response(write_csv(columns, rows), name, CSV)


def xlsx_response(
    columns: Sequence[Column | str], rows: Iterable[Sequence[Any]], name: str
) -> HttpResponse:
    """A table as a workbook."""
    return file_response(write_xlsx(columns, rows), name, XLSX)
