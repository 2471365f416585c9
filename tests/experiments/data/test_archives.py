"""Archives and files that are hostile: one line, nothing outside of them is read or written, and little memory used."""

import bz2
import gzip
import stat
import tracemalloc
import zipfile

import pytest

from experiments.data.errors import DataError
from experiments.data.rows import DataFile, read_rows

LONG = "0" * 5000
TABLE = b"text,label\na film,1\n"


def rows(path, inside=None):
    return [dict(row.cells) for row in read_rows(DataFile(path, inside))]


@pytest.fixture
def archive(tmp_path):
    """`archive(name, content, mode=…, method=…, times=…)`: a zip archive with this member, and the member's name."""

    def make(name, content=TABLE, mode=0, method=zipfile.ZIP_DEFLATED, times=1):
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
            for _ in range(times):
                entry = zipfile.ZipInfo(name)
                entry.external_attr, entry.compress_type = mode << 16, method
                packed.writestr(entry, content)
        return tmp_path / "a.zip", name

    return make


@pytest.mark.parametrize("name", ["../../out.csv", "/out.csv", "a/../../out.csv"])
def test_a_member_whose_name_climbs_out_is_written_nowhere(archive, tmp_path, name):
    before = set(tmp_path.parent.rglob("out.csv"))
    assert rows(*archive(name)) == [{"text": "a film", "label": "1"}]
    assert set(tmp_path.parent.rglob("out.csv")) == before


@pytest.mark.parametrize("name", ["..", "a/..", "a/"])
def test_a_member_that_is_no_file_is_one_line(archive, name):
    with pytest.raises(DataError, match=r"^[^\n]+$"):
        rows(*archive(name))


def test_a_link_is_not_followed(archive):
    with pytest.raises(DataError, match="a link"):
        rows(*archive("a.csv", b"/etc/passwd", stat.S_IFLNK | 0o777))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_stands_twice_is_refused(archive):
    with pytest.raises(DataError, match="stands twice"):
        rows(*archive("a.csv", times=2))


def test_a_method_that_needs_memory_as_it_says_is_refused(archive):
    with pytest.raises(DataError, match="other than deflate"):
        rows(*archive("a.csv", method=zipfile.ZIP_LZMA))
    assert rows(*archive("a.csv", method=zipfile.ZIP_BZIP2))


@pytest.mark.parametrize("packed", ["zip", "gz"])
def test_a_bomb_is_refused_before_it_is_unpacked(archive, tmp_path, packed):
    content = TABLE + bytes(48 * 2**20)
    path, inside = archive("a.csv", content) if packed == "zip" else (tmp_path / "a.csv.gz", None)
    if packed == "gz":
        path.write_bytes(gzip.compress(content))
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=r"unpacks to more than"):
            rows(path, inside)
        assert tracemalloc.get_traced_memory()[1] < 2**23
    finally:
        tracemalloc.stop()


def test_a_damaged_archive_is_one_line(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(TABLE)[:-9])
    (tmp_path / "b.zip").write_bytes(bz2.compress(TABLE))
    for path, inside in ((tmp_path / "a.csv.gz", None), (tmp_path / "b.zip", "b.csv")):
        with pytest.raises(DataError, match="cannot be unpacked"):
            rows(path, inside)


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl"])
def test_a_cell_of_a_gigabyte_is_one_line_and_is_not_read(tmp_path, name):
    begin = b'{"text": "' if name == "a.jsonl" else b'text\n"'
    with (tmp_path / name).open("wb") as file:
        file.write(begin)
        file.truncate(2**30)  # a hole on the disk
    with pytest.raises(DataError, match=rf"^[^\n]*{name}:\d[^\n]*more than 64 MiB[^\n]*$"):
        rows(tmp_path / name)


@pytest.mark.parametrize("content", [f'[{{"a": 1{LONG}}}]', f'{{"a": 1{LONG}}}\n{{"a": 2}}\n', "[" * 100_000])
def test_a_number_or_a_depth_that_python_does_not_read_is_one_line(tmp_path, content):
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(DataError, match=r"^[^\n]*not JSON[^\n]*$"):
        rows(tmp_path / "a.json")
