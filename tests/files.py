"""What tests do with files."""

from pathlib import Path


def edit(path: Path, old: str, new: str) -> None:
    """Put another text in place of one that stands in the file."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def files(folder: Path) -> dict[str, bytes]:
    """The files below a folder by place; empty where it is not there."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
