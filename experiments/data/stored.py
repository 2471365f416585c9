"""Examples of a data set that is larger than memory: they lie in a file, and are read from it when they are needed."""

import json
import sys
import tempfile
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple
from itertools import chain
from typing import TypeVar, overload

from experiments.data.examples import Answer, Example, Pair, Question, Sentence
from experiments.tables.errors import UserError

E, M = TypeVar("E", bound=Example), TypeVar("M")

IN_MEMORY = 2**27  # characters of the texts of a split, beyond which it lies in a file
AT_ONCE = 256  # examples


def gather(examples: Iterable[E], kind: type[E], in_memory: int = IN_MEMORY) -> Sequence[E]:
    """All of them: in memory as long as their texts have no more characters than this, else in a file.

    Raises UserError where there is no room for the file.
    """
    held, size, more = [], 0, iter(examples)
    for example in more:
        held.append(example)
        size += sum(len(value) for value in vars(example).values() if isinstance(value, str))
        if size > in_memory:
            return Stored(chain(held, more), kind)
    return tuple(held)


def take_at(examples: Sequence[E], places: Iterable[int]) -> Sequence[E]:
    """The examples at these places; examples that lie in a file stay there."""
    return Taken(examples, places) if isinstance(examples, OnDisk) else tuple(examples[at] for at in places)


def keep_where(examples: Sequence[E], wanted: Callable[[E], bool]) -> Sequence[E]:
    """The examples that are wanted, in their order."""
    return take_at(examples, (at for at, example in enumerate(examples) if wanted(example)))


class OnDisk(Sequence[M]):
    """What is like a tuple of examples, or of what is made of them, but for where they lie."""

    @overload
    def __getitem__(self, at: int) -> M: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[M]: ...
    def __getitem__(self, at: int | slice) -> M | Sequence[M]:
        places = range(len(self))[at]
        return self._read(places) if isinstance(places, int) else take_at(self, places)

    def __eq__(self, other: object) -> bool:
        same = isinstance(other, Sequence) and len(self) == len(other)
        return same and all(one == another for one, another in zip(self, other, strict=True))

    __hash__ = None

    def _read(self, place: int) -> M:
        raise NotImplementedError


class Stored(OnDisk[E]):
    """Examples of one kind in a file without a name, which goes when they do. Each takes eight bytes of memory."""

    def __init__(self, examples: Iterable[E], kind: type[E]) -> None:
        self._kind, self._ends = kind, array("Q", [0])
        try:
            self._file = tempfile.TemporaryFile(prefix="examples-")  # noqa: SIM115
            for example in examples:
                self._file.write(json.dumps([*vars(example).values()], default=astuple).encode())
                self._ends.append(self._file.tell())
            self._file.flush()
        except OSError as error:
            where = f"{tempfile.gettempdir()}, where a data set lies that is larger than memory"
            raise UserError(f"{where}: {error.strerror}; make room, or name another folder by TMPDIR") from None

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __iter__(self) -> Iterator[E]:
        for first in range(0, len(self), AT_ONCE):
            last = min(first + AT_ONCE, len(self))
            begin, block = self._ends[first], self._bytes(first, last)
            for at in range(first, last):
                yield self._made(block[self._ends[at] - begin : self._ends[at + 1] - begin])

    def _read(self, place: int) -> E:
        return self._made(self._bytes(place, place + 1))

    def _bytes(self, first: int, last: int) -> bytes:
        self._file.seek(self._ends[first])
        return self._file.read(self._ends[last] - self._ends[first])

    def _made(self, line: bytes) -> E:
        *values, last = (tuple(value) if isinstance(value, list) else value for value in json.loads(line))
        if self._kind is Question:
            last = tuple(Answer(*answer) for answer in last)
        elif self._kind in (Sentence, Pair):
            last = sys.intern(last)  # there are few labels
        return self._kind(*values, last)


def made_of(examples: Sequence[E], make: Callable[[E], M]) -> Sequence[M]:
    """What is made of each: at once, and of examples that lie in a file each time that it is asked for."""
    return Made(examples, make) if isinstance(examples, OnDisk) else tuple(map(make, examples))


class Made(OnDisk[M]):
    """See `made_of`."""

    def __init__(self, examples: OnDisk[E], make: Callable[[E], M]) -> None:
        self._examples, self._make = examples, make

    def __len__(self) -> int:
        return len(self._examples)

    def __iter__(self) -> Iterator[M]:
        return map(self._make, self._examples)

    def _read(self, place: int) -> M:
        return self._make(self._examples[place])


class Taken(OnDisk[E]):
    """Some of the examples that lie in a file."""

    def __init__(self, examples: OnDisk[E], places: Iterable[int]) -> None:
        self._examples, self._places = examples, array("Q", places)

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[E]:
        return (self._examples[place] for place in self._places)

    def _read(self, place: int) -> E:
        return self._examples[self._places[place]]
