"""Spreadsheets from outside, read within bounds: sniffed by content, never unpacked beyond a limit, no macros.

A workbook is a zip of XML: what its directory says of unpacked sizes is checked before anything is unpacked, and
``zipfile`` reads no further than the directory says. A part that declares a document type, without which there are no
entities, is refused before it is parsed: so the fast parser of the standard library may read it.
"""

import csv
import io
import os
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from xml.etree.ElementTree import ParseError

from qiaojiejie.core.errors import TooLarge, Unsupported

#: openpyxl is told to leave defusedxml alone, whose parser is written in Python; ``_declares`` stands in its place
os.environ["OPENPYXL_DEFUSEDXML"] = "False"

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"

MEGABYTES = 10
MOST_ROWS = 50_000
MOST_COLUMNS = 100
#: after so many empty rows in a row the sheet is taken to have ended
GAP = 2_000
MOST_UNPACKED = 150 * 2**20
MOST_STRINGS = 24 * 2**20
MOST_RATIO = 200

Row = tuple[int, Sequence[Any]]

_PIECE = 2**18
#: a document type, in UTF-16 too, and the beginning of what is in an encoding where it would look otherwise
_TYPE = re.compile(rb"<!DOCTYPE|<\0!\0D\0O\0C\0T\0Y\0P\0E")
_OTHERWISE = re.compile(rb'''(?:\xef\xbb\xbf)?<\?xml[^>]*encoding\s*=\s*["'](?!utf-(?:8|16)["'])''', re.IGNORECASE)


class NotASpreadsheet(Unsupported):
    """文件不是 Excel（.xlsx）或 CSV 表格，请另存为 .xlsx 后再上传。
    This is neither an .xlsx workbook nor a CSV file; save the list as .xlsx and send that."""


class OldWorkbook(Unsupported):
    """这是旧版 .xls 文件，请用 Excel 或 WPS 另存为 .xlsx 后再上传。
    This is an old .xls workbook; save it as .xlsx and send that."""


class WorkbookLocked(Unsupported):
    """文件设有打开密码，请取消密码后再上传。
    The workbook is protected by a password; remove it and send the file again."""


class WorkbookHasMacros(Unsupported):
    """文件含有宏，请另存为不含宏的 .xlsx 后再上传。
    The workbook has macros; save it as a plain .xlsx and send that."""


class WorkbookHasLinks(Unsupported):
    """文件引用了其他工作簿，请把内容“粘贴为数值”后再上传。
    The workbook refers to other workbooks; paste its content as values and send it again."""


class SheetTooLarge(TooLarge):
    """文件超过 {megabytes} MB，请分成几个文件上传。
    The file is over {megabytes} MB; send it in parts."""


class SheetUnpacksTooLarge(TooLarge):
    """文件解压后过大，无法读取。
    The file unpacks to more than we read."""


class TooManyRows(TooLarge):
    """表格超过 {rows} 行，请分成几个文件上传。
    The list has more than {rows} rows; send it in parts."""


def sniff(content: bytes) -> str:
    """What a file is, by its content: XLSX or CSV. Raises a refusal for anything else."""
    if len(content) > MEGABYTES * 2**20:
        raise SheetTooLarge(megabytes=MEGABYTES)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise WorkbookLocked() if "EncryptedPackage".encode("utf-16-le") in content else OldWorkbook()
    if content.startswith(b"PK"):
        _inspect(content)
        return XLSX
    _text(content)
    return CSV


def _inspect(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as broken:
        raise NotASpreadsheet() from broken
    parts = {entry.filename.lower(): entry for entry in entries}
    if "xl/workbook.xml" not in parts:
        raise NotASpreadsheet()
    if any(name.endswith("vbaproject.bin") for name in parts):
        raise WorkbookHasMacros()
    if any(name.startswith("xl/externallinks/") for name in parts):
        raise WorkbookHasLinks()
    if any(part.flag_bits & 1 for part in entries):
        raise WorkbookLocked()
    strings = parts.get("xl/sharedstrings.xml")
    if (len(entries) > 2_000 or sum(part.file_size for part in entries) > MOST_UNPACKED
            or strings is not None and strings.file_size > MOST_STRINGS
            or any(_swells(part) for part in entries)):
        raise SheetUnpacksTooLarge()


def _swells(part: zipfile.ZipInfo) -> bool:
    return part.file_size > 2**20 and part.file_size > MOST_RATIO * max(1, part.compress_size)


_BINARY = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not text.strip() or text.lstrip().startswith(("<", "{", "%PDF")) or _BINARY.search(text):
            break
        return text
    raise NotASpreadsheet()


def read(content: bytes) -> Iterator[Row]:
    """(row number as the file counts, cells) of every row that has something in it, of the first sheet that shows.

    Cells are str, int, float, bool, date, datetime or None; a formula is a str that begins with ``=``.
    Raises ``sniff``'s refusals, TooManyRows.
    """
    rows = _workbook(content) if sniff(content) == XLSX else _lines(content)
    filled = empty = 0
    for number, cells in rows:
        if all(cell is None or isinstance(cell, str) and not cell.strip() for cell in cells):
            empty += 1
            if empty > GAP:
                return
            continue
        filled, empty = filled + 1, 0
        if filled > MOST_ROWS:
            raise TooManyRows(rows=MOST_ROWS)
        yield number, cells


def _workbook(content: bytes) -> Iterator[Row]:
    import openpyxl

    try:
        if _declares(content):
            raise NotASpreadsheet()
        with closing(openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)) as book:
            shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            for sheet in shown[:1]:
                sheet.reset_dimensions()
                for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), start=1):
                    yield number, _filled(cells)
    except (zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError, AttributeError, IndexError, OSError,
            EOFError, zlib.error) as broken:
        raise NotASpreadsheet() from broken


def _declares(content: bytes) -> bool:
    """Whether a part may have a document type: any part, for a workbook may call a sheet's what it likes."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            with archive.open(name) as part:
                piece, before = part.read(_PIECE), b""
                if _OTHERWISE.match(piece):
                    return True
                while piece:
                    if _TYPE.search(before + piece):
                        return True
                    before, piece = piece[-20:], part.read(_PIECE)
    return False


def _filled(cells: Sequence[Any]) -> Sequence[Any]:
    """A row without the empty cells after its last: openpyxl gives each row as many as there may be."""
    width = len(cells)
    while width and cells[width - 1] is None:
        width -= 1
    return cells[:width]


_QUOTED = re.compile(r'="(.*)"')


def _lines(content: bytes) -> Iterator[Row]:
    text = _text(content)
    delimiter = max(",\t;", key=text[:20_000].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, [_QUOTED.sub(r"\1", cell) for cell in cells[:MOST_COLUMNS]]
    except csv.Error as broken:
        raise NotASpreadsheet() from broken


def plain(cell: Any) -> str:
    """A cell's text: full-width forms made plain, a leading apostrophe and outer blanks left out."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return _plain(cell)
    return _plain(str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell))


@lru_cache(maxsize=20_000)
def _plain(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip().lstrip("'‘’`").strip()


_DATE = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?(?:\s+00?:00(?::00)?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
FIRST_DAY = date(1899, 12, 30)


def day(cell: Any) -> date:
    """A day however it is written: a date, an Excel serial, 2027.11.3, 2027-11-03, 2027/11/3, 2027年11月3日, 20271103.

    Between 1950 and 2100. Raises ValueError.
    """
    text = plain(cell)
    match = _DATE.fullmatch(text) or _COMPACT.fullmatch(text)
    if isinstance(cell, date):
        found = cell.date() if isinstance(cell, datetime) else cell
    elif match:
        year, month, in_month = map(int, match.groups())
        found = date(year, month, in_month)
    elif text.isdecimal() and len(text) == 5:
        found = FIRST_DAY + timedelta(days=int(text))
    else:
        raise ValueError("not a day")
    if not 1950 <= found.year <= 2100:
        raise ValueError("not a plausible day")
    return found


def as_text(cell: Any) -> str:
    """A cell as it would be typed: dates as 2027-11-03, whole numbers without a fraction."""
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()[:10]
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def write(title: str, rows: Iterable[Sequence[str]]) -> bytes:
    """An .xlsx of one sheet whose cells are all text, so that no program takes a number or formula out of them."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, value: str) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value)[:32_000])
    cell.data_type, cell.number_format = "s", "@"
    return cell
