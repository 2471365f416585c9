"""Configs, YAML, JSON, CSV, Parquet and archives that are hostile, by class."""

import gzip
import io
import json
import random
import stat
import struct
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.hardening.damaged_weights import ODD, Write, cut, file_of, flip, nested

LLAMA = {
    "model_type": "llama",
    "vocab_size": 96,
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "tie_word_embeddings": True,
}
LORA = {
    "peft_type": "LORA",
    "r": 8,
    "target_modules": ["q_proj", "v_proj"],
    "bias": "none",
    "task_type": "SEQ_CLS",
    "modules_to_save": ["score"],
    "rank_pattern": {"k_proj": 4},
    "layers_to_transform": [0],
    "exclude_modules": None,
}
STUDY = """\
study: hostile
system: finetuning
title: A study
model: {name: smoke-decoder}
data: {name: mine, kind: sentence, fields: {text: words, label: mood}, labels: [bad, good], splits: {train: data.csv}}
seeds: [1, 2]
training:
  epochs: 2
  lora: {rank: 8, targets: [q_proj, v_proj]}
"""
ROWS = [
    {"text": f"the {word} film", "label": number % 2} for number, word in enumerate(("good", "bad", "odd", "é", "long"))
]
MEMBER = "member.txt"
HUGE = 64 * 2**20
"""Bytes of what is unpacked from little."""


def config(chance: random.Random, name: str, values: dict) -> Write:
    """A config in which one value is odd, or its text is damaged."""
    values = json.loads(json.dumps(values))
    kind = chance.randrange(6)
    if kind < 3:
        key = chance.choice(list(values))
        odd = (*ODD, 10**9, 10**12, 0, ["q_proj"] * 9, "(a+)+$", "[", {"bits": 99}, [10**9])
        values[key] = chance.choice(odd)
        values.pop(chance.choice(list(values))) if chance.random() < 0.1 else None
    text = json.dumps(values)
    if kind == 3:
        key = chance.choice(list(values))
        value = chance.choice((nested(chance), "1" + "0" * 5000, "NaN", "-Infinity", "1e400", '"\\ud800"'))
        text = text.replace(json.dumps(values[key]), value, 1)
    content = text.encode()
    content = cut(chance, content) if kind == 4 else flip(chance, content) if kind == 5 else content
    return file_of(name, content)


# --- YAML ------------------------------------------------------------------------------------------------------------


def yaml_text(chance: random.Random) -> Write:
    """A study in YAML that grows, nests, repeats itself, or asks for objects of Python."""
    kind = chance.randrange(10)
    content = STUDY.encode()
    if kind == 0:
        content = cut(chance, content)
    elif kind == 1:
        content = flip(chance, content)
    elif kind == 2:  # a billion laughs
        width, depth = chance.choice(((2, 40), (9, 9), (10, 20), (3, 60)))
        lines = ["a0: &a0 [lol, lol]"]
        for n in range(depth):
            lines.append(f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * width)}]")
        content += "\n".join(lines).encode()
    elif kind == 3:
        content += chance.choice(
            ("a: &a [*a]", "a: &a {b: *a}", "a: &a {<<: *a}", "a: *nobody", "a: &a [1]\nb: &a [*a]")
        ).encode()
    elif kind == 4:
        depth = chance.choice((90, 900, 9_000, 90_000))
        begin, end = chance.choice((("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", ""), ("a:\n", "")))
        if begin == "a:\n":
            content += "".join(f"{' ' * n}a:\n" for n in range(min(depth, 900))).encode()
        else:
            content += f"\nx: {begin * depth}1{end * depth}".encode()
    elif kind == 5:
        tag = chance.choice(
            (
                "!!python/object/apply:os.system ['true']",
                "!!python/name:os.system",
                "!!python/tuple [1]",
                "!x y",
                "!!set {a, b}",
                "!!binary '%%%'",
                "!!int x",
                "!!float x",
                "!!timestamp x",
                "!!map [a]",
                "!!omap [a]",
                "!!bool 7",
            )
        )
        content += f"x: {tag}\n".encode()
    elif kind == 6:
        line = chance.choice(STUDY.splitlines()[:6])
        content += chance.choice(
            (f"{line}\n", '"study": again\n', "? [a, b]\n: c\n", "? {a: b}\n: c\n", "1: 2\n1: 3\n")
        ).encode()
    elif kind == 7:
        value = chance.choice(
            (
                "9" * 5000,
                "0x" + "f" * 9000,
                "1" + ":59" * 3000,
                "0b" + "1" * 9999,
                ".nan",
                "1e99999",
                "2026-13-45",
                "9999-99-99 99:99:99Z",
                "0o8",
                "1_" * 3000,
                "'" + "x" * 200000 + "'",
                "'\\ud800'",
                '"\\ud800"',
                '"\\x00"',
            )
        )
        content += f"x: {value}\n".encode()
    elif kind == 8:
        bad = chance.choice(
            (b"\xff", b"\xed\xa0\x80", b"\0", b"\x1b", b"\xef\xbb\xbf", b"\xff\xfes\0", b"\t", b"\xc2\x85")
        )
        at = chance.randrange(len(content))
        content = content[:at] + bad + content[at:]
    else:
        content = chance.choice(
            (b"", b"[]", b"- a", b"a", b"---\na: 1\n---\nb: 2\n", b"%YAML 9.9\n---\na: 1", b"&", b"*", b"? ?", b": :")
        )
    return file_of("hostile.yaml", content)


def large_file(name: str, begin: bytes, size: int) -> Write:
    """A file whose rest is a hole on the disk."""

    def write(folder: Path) -> Path:
        with (folder / name).open("wb") as file:
            file.write(begin)
            file.truncate(size)
        return folder / name

    return write


# --- tables ----------------------------------------------------------------------------------------------------------


def json_rows(chance: random.Random) -> Write:
    """A list of objects, or lines of them, that is damaged."""
    kind, lines = chance.randrange(6), chance.random() < 0.5
    rows = json.loads(json.dumps(ROWS))
    if kind == 0:
        rows[chance.randrange(len(rows))] = chance.choice(ODD)
    elif kind == 1:
        rows[chance.randrange(len(rows))][chance.choice(("text", "label"))] = chance.choice(ODD)
    parts = [json.dumps(row) for row in rows]
    if kind == 2:
        value = chance.choice((nested(chance), "1" + "0" * 5000, "NaN", "1e999", '"\\ud800"', '{"text": 1, "text": 2}'))
        parts[chance.randrange(len(parts))] = chance.choice((value, f'{{"text": {value}, "label": 1}}'))
    content = ("\n".join(parts) if lines else f"[{', '.join(parts)}]").encode()
    content = cut(chance, content) if kind == 3 else flip(chance, content) if kind == 4 else content
    if kind == 5:
        content = chance.choice(
            (b"", b"null", b"{}", b'{"data": [1]}', b'{"data": [{"paragraphs": 1}]}', b"\xff\xfe[", b"[" + b"1," * 9)
        )
    return file_of(chance.choice(("rows.json", "rows.jsonl")), content)


def csv_rows(chance: random.Random) -> Write:
    """A table whose cells, quotes or bytes are damaged."""
    content = ("text,label\n" + "".join(f"{row['text']},{row['label']}\n" for row in ROWS)).encode()
    kind = chance.randrange(5)
    if kind == 0:
        content = cut(chance, content)
    elif kind == 1:
        content = flip(chance, content)
    elif kind == 2:
        more = (
            '"',
            '""",',
            "\0",
            "\r",
            "\x85",
            "\u2028",
            ",,,",
            '"open\n',
            "\ufeff",
            "a" * 200_000 + ",1\n",
            "=cmd()|' /C'!A0,1\n",
        )
        at = chance.randrange(len(content))
        content = content[:at] + chance.choice(more).encode() + content[at:]
    elif kind == 3:
        content = chance.choice(
            (
                b"",
                b"\n",
                b",,,\n",
                b"text\n" * 3,
                b"text,text\n1,2\n",
                b"\xff\xfet\0",
                b"," * 5000 + b"\n" + b"," * 5000,
            )
        )
    else:
        content = content.replace(b",", chance.choice((b";", b"\t", b"", b'","')), chance.randint(1, 5))
    return file_of(chance.choice(("rows.csv", "rows.tsv")), content)


@cache
def good_parquet() -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(ROWS * 20), sink, compression="zstd")
    return sink.getvalue().to_pybytes()


def parquet_rows(chance: random.Random) -> Write:
    """A Parquet file with damage in its data, its footer, or the length of that."""
    good = good_parquet()
    footer = struct.unpack("<I", good[-8:-4])[0]
    kind = chance.randrange(5)
    if kind == 0:
        content = cut(chance, good)
    elif kind == 1:
        content = flip(chance, good)
    elif kind == 2:
        content = good[: -8 - footer] + flip(chance, good[-8 - footer : -8]) + good[-8:]
    elif kind == 3:
        length = chance.choice((0, 1, footer - 1, footer + 1, len(good), 2**31 - 1, 2**31, 2**32 - 1))
        content = good[:-8] + struct.pack("<I", length) + good[-4:]
    else:
        content = good[: -8 - footer] + chance.randbytes(footer) + good[-8:]
    return file_of("rows.parquet", content)


# --- archives --------------------------------------------------------------------------------------------------------


@cache
def _bomb() -> bytes:
    return gzip.compress(b"text,label\n" + bytes(HUGE))


def gz_rows(chance: random.Random) -> Write:
    good = gzip.compress(b"text,label\n" + b"a film,1\n" * 50)
    kind = chance.randrange(4)
    if kind == 0:
        content = cut(chance, good)
    elif kind == 1:
        content = flip(chance, good)
    elif kind == 2:
        content = good + chance.choice((b"more", good[:9], b"\0" * 20))
    else:
        content = _bomb() if chance.random() < 0.05 else gzip.compress(good)
    return file_of("rows.csv.gz", content)


def zip_rows(chance: random.Random) -> Write:
    """An archive whose member climbs out, is a link, is there twice, or is not what the directory says.

    The member's name is written beside it."""
    kind = chance.randrange(9)
    name, content, packed = "in/rows.csv", b"text,label\n" + b"a film,1\n" * 50, io.BytesIO()
    method = chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2))
    if kind == 0:
        name = chance.choice(
            (
                "../../rows.csv",
                "/rows.csv",
                "..",
                "/etc/passwd",
                "in/../../rows.csv",
                "a\\..\\rows.csv",
                "in/",
                "C:/rows.csv",
            )
        )
    with zipfile.ZipFile(packed, "w") as archive:
        entry = zipfile.ZipInfo(name)
        entry.compress_type = method
        if kind == 1:
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            content = b"/etc/passwd"
        if kind == 2 and chance.random() < 0.1:
            entry.compress_type, content = zipfile.ZIP_DEFLATED, bytes(HUGE)
        archive.writestr(entry, content)
        if kind == 3:
            archive.writestr(zipfile.ZipInfo(name), b"text,label\nanother,0\n")
    data = packed.getvalue()
    directory = data.rindex(b"PK\1\2")
    if kind == 4:  # encrypted, they say
        data = data[: directory + 8] + b"\1\0" + data[directory + 10 :]
    elif kind == 5:  # of another method, or another size
        at = directory + chance.choice((10, 20, 24, 28, 42))
        data = data[:at] + struct.pack("<H", chance.getrandbits(16)) + data[at + 2 :]
    elif kind == 6:
        data = cut(chance, data)
    elif kind == 7:
        data = flip(chance, data)
    elif kind == 8:
        data = data[:directory] + flip(chance, data[directory:])

    def write(folder: Path) -> Path:
        (folder / MEMBER).write_text(name)
        return file_of("rows.zip", data)(folder)

    return write


def texts(chance: random.Random) -> Iterator[tuple[str, Write]]:
    """Class and file, without an end: each class in turn, as often as it has ways to go wrong."""
    while True:
        yield "a model's config", config(chance, "config.json", LLAMA)
        yield "an adapter's config", config(chance, "adapter_config.json", LORA)
        for _ in range(2):
            yield "YAML", yaml_text(chance)
        yield "JSON", json_rows(chance)
        yield "CSV", csv_rows(chance)
        yield "Parquet, of data", parquet_rows(chance)
        yield "Parquet, frozen", parquet_rows(chance)
        yield "archives: gz", gz_rows(chance)
        yield "archives: zip", zip_rows(chance)
