"""Files of weights with hostile headers, by class: safetensors, an index of shards, GGUF."""

import json
import os
import random
import struct
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

Write = Callable[[Path], Path]

NUMBERS = (0, 1, 7, 2**31 - 1, 2**31, 2**32, 2**53, 2**63 - 1, 2**63, 2**64 - 1, 10**8, 10**8 + 1)
ODD = (
    None,
    True,
    -1,
    1.5,
    1e308,
    float("nan"),
    "",
    "1",
    [],
    {},
    [[]],
    2**64,
    10**400,
    -(2**63),
    "\u202e",
    "\x00",
    "a" * 5000,
)
DTYPES = {"F32": 4, "F16": 2, "BF16": 2, "I8": 1, "I64": 8, "U8": 1}
NAMES = ("model.embed_tokens.weight", "model.layers.0.self_attn.q_proj.weight", "model.norm.weight", "lm_head.weight")


def file_of(name: str, content: bytes) -> Write:
    def write(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return write


def cut(chance: random.Random, content: bytes) -> bytes:
    return content[: chance.randrange(len(content))]


def flip(chance: random.Random, content: bytes, within: int | None = None) -> bytes:
    """Some bits of it turned, the first ones rather than the last."""
    found = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(min(within or len(found), len(found)))
        found[at] ^= 1 << chance.randrange(8)
    return bytes(found)


def nested(chance: random.Random) -> str:
    """A value within many others, closed or not."""
    depth = chance.choice((50, 500, 5000, 100_000))
    begin, end = chance.choice((("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")))
    return begin * depth + "1" + (end * depth if chance.random() < 0.5 else "")


# --- safetensors -----------------------------------------------------------------------------------------------------


def tensors(chance: random.Random) -> tuple[dict[str, dict], int]:
    """The entries of a good header, and the bytes of the data."""
    entries, at = {}, 0
    for name in chance.sample(NAMES, chance.randint(1, len(NAMES))):
        dtype = chance.choice(list(DTYPES))
        shape = [chance.randint(1, 6) for _ in range(chance.randint(1, 3))]
        size = DTYPES[dtype]
        for length in shape:
            size *= length
        entries[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + size]}
        at += size
    return entries, at


def whole(header: object, data: int, length: int | None = None) -> bytes:
    body = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(body) if length is None else length) + body + bytes(data)


def _safetensors_cut(chance: random.Random) -> bytes:
    return cut(chance, whole(*tensors(chance)))


def _safetensors_flipped(chance: random.Random) -> bytes:
    good = whole(*tensors(chance))
    return flip(chance, good, within=8 if chance.random() < 0.2 else None)


def _safetensors_length(chance: random.Random) -> bytes:
    entries, data = tensors(chance)
    true = len(json.dumps(entries))
    return whole(entries, data, chance.choice((*NUMBERS, true - 1, true + 1, true + data, chance.getrandbits(64))))


def _safetensors_offsets(chance: random.Random) -> bytes:
    entries, data = tensors(chance)
    entry = entries[chance.choice(list(entries))]
    begin, end = entry["data_offsets"]
    entry["data_offsets"] = chance.choice(
        (
            [end, begin],
            [-1, end],
            [begin + 1, end + 1],
            [0, end - begin],
            [begin, 2**64 - 1],
            [2**63, 2**63 + end - begin],
            [begin],
            [begin, end, end],
            [float(begin), end],
            [str(begin), end],
            [begin, chance.choice(ODD)],
            chance.choice(ODD),
        )
    )
    return whole(entries, data)


def _safetensors_twice(chance: random.Random) -> bytes:
    entries, data = tensors(chance)
    text = json.dumps(entries)
    name = chance.choice(list(entries))
    again = chance.choice((json.dumps(name), '"__metadata__"', json.dumps(name).replace("m", "\\u006d", 1)))
    more = f"{again}: {json.dumps(entries[name])}"
    return whole((text[:-1] + f", {more}, {more}" + "}").encode(), data)


def _safetensors_nested(chance: random.Random) -> bytes:
    entries, data = tensors(chance)
    text, value = json.dumps(entries), nested(chance)
    name = chance.choice(list(entries))
    where = chance.randrange(4)
    if where == 0:
        text = value
    elif where == 1:
        text = text[:-1] + f', "__metadata__": {value}' + "}"
    else:
        key = ("dtype", "shape", "data_offsets")[where - 1]
        text = text.replace(json.dumps(entries[name][key]), value, 1)
    return whole(text.encode(), data)


def _safetensors_types(chance: random.Random) -> bytes:
    entries, data = tensors(chance)
    name = chance.choice(list(entries))
    value = chance.choice(ODD)
    where = chance.randrange(5)
    if where == 0:
        return whole(value, data)
    if where == 1:
        entries[name] = value
    elif where == 2:
        entries[name]["dtype"] = chance.choice((value, "F33", "f32", "F32 ", ["F32"], {"F32": 1}))
    elif where == 3:
        entries[name]["shape"] = value
    else:
        del entries[name][chance.choice(("dtype", "shape", "data_offsets"))]
    return whole(entries, data)


def _safetensors_shapes(chance: random.Random) -> bytes:
    entries, data = tensors(chance)
    entry = entries[chance.choice(list(entries))]
    entry["shape"] = chance.choice(
        (
            [2**32, 2**32],
            [2**63 - 1] * 64,
            [2**63 - 1] * 65,
            [0, 2**63 - 1],
            [2**64],
            [10**400],
            [-1, -1],
            [1] * 5000,
            [2**62, 4, *entry["shape"]],
            [True],
            [1.0],
            [None],
            [chance.choice(ODD)],
            [2 ** chance.randrange(64) for _ in range(9)],
        )
    )
    if chance.random() < 0.3:
        entry["data_offsets"][1] = entry["data_offsets"][0]
    return whole(entries, data)


def _safetensors_utf8(chance: random.Random) -> bytes:
    entries, data = tensors(chance)
    body = json.dumps(entries).encode()
    bad = chance.choice(
        (
            b"\xff",
            b"\xc0\x80",
            b"\xed\xa0\x80",
            b"\\ud800",
            b"\x00",
            b"\\u0000",
            b"\xf4\x90\x80\x80",
            b"\\u202e\\u001b[2J",
        )
    )
    at = chance.choice((0, len(body), body.index(b"model") if b"model" in body else 2, chance.randrange(len(body))))
    start = chance.choice((b"", b"", b"\xef\xbb\xbf", b"\xff\xfe"))
    return whole(start + body[:at] + bad + body[at:], data)


def _safetensors_noise(chance: random.Random) -> bytes:
    noise = chance.randbytes(chance.randrange(400))
    return noise if chance.random() < 0.5 else whole(noise, chance.randrange(20))


SAFETENSORS: Mapping[str, Callable[[random.Random], bytes]] = {
    "cut off": _safetensors_cut,
    "bits turned": _safetensors_flipped,
    "a length that is not true": _safetensors_length,
    "offsets that cannot be": _safetensors_offsets,
    "a name twice": _safetensors_twice,
    "nested deeply": _safetensors_nested,
    "other types": _safetensors_types,
    "shapes that overflow": _safetensors_shapes,
    "not UTF-8": _safetensors_utf8,
    "noise": _safetensors_noise,
}


# --- shards ----------------------------------------------------------------------------------------------------------


def shards(chance: random.Random) -> Write:
    """A folder of two shards, with an index that is no index of theirs."""
    one, two = ({f"{part}.{name}": entry for name, entry in tensors(chance)[0].items()} for part in "ab")
    parts = [whole(each, max((entry["data_offsets"][1] for entry in each.values()), default=0)) for each in (one, two)]
    names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    places = {**dict.fromkeys(one, names[0]), **dict.fromkeys(two, names[1])}
    victim = chance.choice(list(places))
    kind = chance.randrange(8)
    text = None
    if kind == 0:
        places[victim] = chance.choice(
            (
                "../outside.safetensors",
                "../../../../etc/passwd",
                "/etc/passwd",
                "/dev/zero",
                "a/b.safetensors",
                "..",
                ".",
                "",
                "link.safetensors",
                "folder",
                "C:\\x",
                "model\x00.safetensors",
                "no.safetensors",
                "a" * 5000,
                "~/x.safetensors",
            )
        )
    elif kind == 1:
        places[victim] = chance.choice(ODD)
    elif kind == 2:
        places.pop(victim)
    elif kind == 3:
        places = chance.choice(ODD)
    text = json.dumps({"metadata": {"total_size": 1}, "weight_map": places})
    if kind == 4:
        text = text.replace('"weight_map": {', f'"weight_map": {{{json.dumps(victim)}: "x", ', 1)
    elif kind == 5:
        text = chance.choice(
            (nested(chance), f'{{"weight_map": {nested(chance)}}}', '{"weight_map": {"a": 1' + "0" * 5000 + "}}")
        )
    content = text.encode()
    if kind == 6:
        content = cut(chance, content)
    elif kind == 7:
        content = flip(chance, content)

    def write(folder: Path) -> Path:
        for name, part in zip(names, parts, strict=True):
            (folder / name).write_bytes(part)
        (folder / "folder").mkdir()
        os.symlink("/etc/passwd", folder / "link.safetensors")
        (folder / "model.safetensors.index.json").write_bytes(content)
        return folder

    return write


# --- GGUF ------------------------------------------------------------------------------------------------------------

TYPES = {0: (1, 4), 1: (1, 2), 2: (32, 18), 8: (32, 34), 12: (256, 144), 30: (1, 2)}
Pieces = list[tuple[str, bytes]]


def text(value: str | bytes) -> bytes:
    content = value.encode() if isinstance(value, str) else value
    return struct.pack("<Q", len(content)) + content


def gguf_pieces(chance: random.Random) -> Pieces:
    """A good file as pieces with names, such as `offset`, that a class of damage looks for."""
    kinds = [chance.choice(list(TYPES)) for _ in range(chance.randint(1, 5))]
    metadata: list[Pieces] = [
        [("key", text("general.architecture")), ("type", struct.pack("<I", 8)), ("string", text("llama"))],
        [("key", text("general.alignment")), ("type", struct.pack("<I", 4)), ("alignment", struct.pack("<I", 32))],
        [
            ("key", text("tokenizer.ggml.tokens")),
            ("type", struct.pack("<I", 9)),
            ("inner", struct.pack("<I", 8)),
            ("length", struct.pack("<Q", 3)),
            ("string", text("a")),
            ("string", text("é")),
            ("string", text("<s>")),
        ],
        [
            ("key", text("tokenizer.ggml.scores")),
            ("type", struct.pack("<I", 9)),
            ("inner", struct.pack("<I", 6)),
            ("length", struct.pack("<Q", 2)),
            ("number", struct.pack("<2f", 0.5, 1.5)),
        ],
        [("key", text("llama.block_count")), ("type", struct.pack("<I", 10)), ("number", struct.pack("<Q", 2))],
    ]
    found: Pieces = [
        ("magic", b"GGUF"),
        ("version", struct.pack("<I", 3)),
        ("tensors", struct.pack("<Q", len(kinds))),
        ("entries", struct.pack("<Q", len(metadata))),
        *(piece for entry in metadata for piece in entry),
    ]
    position = 0
    for number, kind in enumerate(kinds):
        block, size = TYPES[kind]
        shape = (block * chance.randint(1, 3), chance.randint(1, 4))
        found += [
            ("name", text(f"blk.{number}.attn_q.weight")),
            ("dimensions", struct.pack("<I", 2)),
            ("shape", struct.pack("<2Q", *shape)),
            ("kind", struct.pack("<I", kind)),
            ("offset", struct.pack("<Q", position)),
        ]
        position += -(-(shape[0] * shape[1] // block * size) // 32) * 32
    head = sum(len(content) for _, content in found)
    return [*found, ("data", bytes(-head % 32 + position))]


def _changed(pieces: Pieces, chance: random.Random, names: tuple[str, ...], content: Callable[[bytes], bytes]) -> bytes:
    at = chance.choice([index for index, (name, _) in enumerate(pieces) if name in names])
    pieces[at] = (pieces[at][0], content(pieces[at][1]))
    return joined(pieces)


def joined(pieces: Pieces) -> bytes:
    return b"".join(content for _, content in pieces)


def _gguf_cut(chance: random.Random) -> bytes:
    return cut(chance, joined(gguf_pieces(chance)))


def _gguf_flipped(chance: random.Random) -> bytes:
    pieces = gguf_pieces(chance)
    return flip(chance, joined(pieces), within=sum(len(content) for name, content in pieces if name != "data"))


def _gguf_counts(chance: random.Random) -> bytes:
    number = struct.pack("<Q", chance.choice((*NUMBERS, chance.getrandbits(64), chance.randrange(200))))
    names = ("tensors", "entries", "length", "key", "string", "name")
    return _changed(gguf_pieces(chance), chance, names, lambda content: number + content[8:])


def _gguf_version(chance: random.Random) -> bytes:
    version = struct.pack("<I", chance.choice((0, 1, 2, 4, 2**24 * 3, 2**31, 2**32 - 1, chance.getrandbits(32))))
    magic = chance.choice((b"GGUF", b"GGUF", b"GGML", b"FUGG", b"\0\0\0\0"))
    pieces = gguf_pieces(chance)
    pieces[:2] = [("magic", magic), ("version", version)]
    return joined(pieces)


def _gguf_types(chance: random.Random) -> bytes:
    number = struct.pack("<I", chance.choice((*range(14), 31, 40, 255, 2**31, 2**32 - 1)))
    return _changed(gguf_pieces(chance), chance, ("type", "inner", "kind"), lambda content: number)


def _gguf_shapes(chance: random.Random) -> bytes:
    pieces = gguf_pieces(chance)
    if chance.random() < 0.3:
        many = struct.pack("<I", chance.choice((0, 1, 3, 8, 9, 255, 2**31, 2**32 - 1)))
        return _changed(pieces, chance, ("dimensions",), lambda content: many)
    numbers = chance.choice(((2**32, 2**32), (2**63, 2), (0, 2**64 - 1), (2**64 - 1, 2**64 - 1), (31, 1), (2**40, 1)))
    return _changed(pieces, chance, ("shape",), lambda content: struct.pack("<2Q", *numbers))


def _gguf_offsets(chance: random.Random) -> bytes:
    number = struct.pack("<Q", chance.choice((*NUMBERS, 32, 31, chance.getrandbits(64))))
    return _changed(gguf_pieces(chance), chance, ("offset",), lambda content: number)


def _gguf_alignment(chance: random.Random) -> bytes:
    pieces = gguf_pieces(chance)
    at = next(index for index, (name, _) in enumerate(pieces) if name == "alignment")
    kind, content = chance.choice(
        [(4, struct.pack("<I", number)) for number in (0, 1, 3, 33, 2**31, 2**32 - 1)]
        + [(10, struct.pack("<Q", number)) for number in (0, 2**63, 2**64 - 1)]
        + [
            (5, struct.pack("<i", -32)),
            (6, struct.pack("<f", float("nan"))),
            (12, struct.pack("<d", 1e308)),
            (8, text("32")),
        ]
        + [(7, b"\1"), (9, struct.pack("<IQ", 4, 0)), (9, struct.pack("<IQ", 9, 1))]
    )
    pieces[at - 1 : at + 1] = [("type", struct.pack("<I", kind)), ("alignment", content)]
    return joined(pieces)


def _gguf_twice(chance: random.Random) -> bytes:
    pieces = gguf_pieces(chance)
    name = chance.choice(("name", "key"))
    places = [index for index, (each, _) in enumerate(pieces) if each == name]
    one, other = chance.choice(places), chance.choice(places)
    pieces[other] = pieces[one]
    return joined(pieces)


def _gguf_utf8(chance: random.Random) -> bytes:
    bad = chance.choice(
        (b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\x00", b"\xf4\x90\x80\x80", "\u202e".encode(), b"\x1b[2J", b"\n")
    )
    return _changed(gguf_pieces(chance), chance, ("key", "string", "name"), lambda content: text(bad + content[8:]))


def _gguf_noise(chance: random.Random) -> bytes:
    return b"GGUF" + struct.pack("<I", 3) + chance.randbytes(chance.randrange(400))


GGUF: Mapping[str, Callable[[random.Random], bytes]] = {
    "cut off": _gguf_cut,
    "bits turned": _gguf_flipped,
    "counts that are not true": _gguf_counts,
    "another version": _gguf_version,
    "unknown types": _gguf_types,
    "shapes that overflow": _gguf_shapes,
    "offsets that cannot be": _gguf_offsets,
    "an alignment that cannot be": _gguf_alignment,
    "a name twice": _gguf_twice,
    "not UTF-8": _gguf_utf8,
    "noise": _gguf_noise,
}


def split_gguf(chance: random.Random) -> Write:
    """A file that says it is one of many parts."""
    name = chance.choice(
        (
            "m-00001-of-99999.gguf",
            "m-00001-of-00000.gguf",
            "m-00000-of-00001.gguf",
            "m-99999-of-00001.gguf",
            "m-00001-of-00002.gguf",
        )
    )
    return file_of(name, joined(gguf_pieces(chance)))


def weights(chance: random.Random) -> Iterator[tuple[str, Write]]:
    """Class and file, without an end: each class in turn."""
    while True:
        for name, damage in SAFETENSORS.items():
            yield f"safetensors: {name}", file_of("model.safetensors", damage(chance))
        for name, damage in GGUF.items():
            yield f"GGUF: {name}", file_of("model.gguf", damage(chance))
        yield "GGUF: parts that are not there", split_gguf(chance)
        yield "an index of shards", shards(chance)
