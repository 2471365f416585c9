"""Write what a study says as YAML, each key with what its model says of it."""

import textwrap
from collections.abc import Iterator, Mapping

import yaml

WIDTH = 120

Schema = Mapping[str, object]


def commented(content: Mapping[str, object], schema: Schema, said: Mapping[str, str]) -> str:
    """The content as YAML with comments.

    Comments are what is `said` of a key, else its description in the JSON Schema that the content fits; each stands
    once.
    """
    return "\n".join(_Writer(schema.get("$defs", {}), said).mapping(content, schema, "", first="")) + "\n"


class _Writer:
    def __init__(self, defs: Schema, said: Mapping[str, str]) -> None:
        self.defs, self.said = defs, said
        self.told: set[str] = set()

    def mapping(self, content: Mapping, schema: Schema, indent: str, first: str) -> Iterator[str]:
        """The lines of a mapping; the first of them begins with `first` in place of the indent, as in a list."""
        properties = _fitting(schema, content, self.defs).get("properties", {})
        start = first or indent
        for key, value in content.items():
            own = properties.get(key, {})
            name = yaml.safe_dump(key, width=WIDTH * 10).splitlines()[0]
            comment = self.said[key] if key in self.said else _comment(own, value, self.defs)
            if comment in self.told:
                comment = ""
            self.told.add(comment)
            yield from self.entry(f"{start}{name}:", value, own, indent, comment)
            start = indent

    def entry(self, head: str, value: object, schema: Schema, indent: str, comment: str) -> Iterator[str]:
        """The lines of a key and its value. A comment that is too long for the line stands above it."""
        flow = _flow(value)
        nested = isinstance(value, dict | list) and bool(value) and (len(head) + len(flow) >= 70 or _nested(value))
        text = head if nested else f"{head} |-" if _is_block(value) else f"{head} {flow}"
        if comment and len(text) + len(comment) + 4 <= WIDTH:
            text = f"{text}  # {comment}"
        elif comment and not head.lstrip().startswith("-"):
            yield from (f"{indent}# {line}" for line in textwrap.wrap(comment, WIDTH - len(indent) - 2))
        yield text
        if _is_block(value):
            yield from (f"{indent}  {line}".rstrip() for line in value.split("\n"))
        elif nested and isinstance(value, dict):
            yield from self.mapping(value, schema, f"{indent}  ", "")
        elif nested:
            item = _resolved(schema, self.defs).get("items", {})
            for each in value:
                if isinstance(each, dict) and (len(_flow(each)) > 100 or _nested(each)):
                    yield from self.mapping(each, item, f"{indent}    ", first=f"{indent}  - ")
                else:
                    yield f"{indent}  - {_flow(each)}"


def _nested(value: dict | list) -> bool:
    inner = value.values() if isinstance(value, dict) else value
    return any((isinstance(each, dict | list) and len(_flow(each)) > 40) or _is_block(each) for each in inner)


def _is_block(value: object) -> bool:
    """Whether a text of several lines can stand as it is."""
    return isinstance(value, str) and "\n" in value and value == value.strip() and value.isascii()


def _flow(value: object) -> str:
    text = yaml.dump(value, Dumper=_OneLine, default_flow_style=True, sort_keys=False, width=10**6)
    return text.removesuffix("\n").removesuffix("\n...")


class _OneLine(yaml.SafeDumper):
    """Writes a text with line ends in double quotes, on one line."""


_OneLine.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if "\n" in text else None),
)


def _comment(schema: Schema, value: object, defs: Schema) -> str:
    """The description of a key; without one the first sentence of that of its model."""
    if "description" in schema:
        return " ".join(str(schema["description"]).split())
    said = _fitting(schema, value, defs).get("description", "") if isinstance(value, dict) else ""
    sentence = " ".join(str(said).split("\n\n")[0].split())
    return sentence if len(sentence) <= WIDTH else ""


def _resolved(schema: Schema, defs: Schema) -> Schema:
    while "$ref" in schema:
        schema = defs[str(schema["$ref"]).rpartition("/")[2]]
    return schema


def _fitting(schema: Schema, value: object, defs: Schema) -> Schema:
    """The branch of a schema that has the keys of a mapping, and the constants that stand in it."""
    schema = _resolved(schema, defs)
    if not isinstance(value, dict):
        return schema
    branches = [_fitting(each, value, defs) for each in (*schema.get("anyOf", ()), *schema.get("oneOf", ()))]
    for branch in branches:
        properties = branch.get("properties", {})
        if set(value) <= set(properties) and all(
            "const" not in properties[key] or properties[key]["const"] == each for key, each in value.items()
        ):
            return branch
    return schema
