"""The schemas in netlite/schemas, and what they say of a document."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

SCHEMAS = Path(__file__).parent.parent / "netlite" / "schemas"
FILES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(SCHEMAS.glob("*.json"))}


def problems(schema: str, value: object, part: str = "") -> list[str]:
    """What is wrong with `value` by a schema, or by a part of it (``/$defs/line``)."""
    return [f"{error.json_path}: {describe(error)}" for error in validator(schema, part).iter_errors(value)]


@cache
def validator(schema: str, part: str):
    """What finds the errors by a schema or a part of it."""
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource

    registry = Registry().with_resources([(each["$id"], Resource.from_contents(each)) for each in FILES.values()])
    return Draft202012Validator({"$ref": f"{FILES[schema]['$id']}#{part}"}, registry=registry.crawl())


def describe(error: object) -> str:
    """The deepest reasons of an error, which of several alternatives is none of all."""
    return "; ".join(describe(each) for each in error.context) if error.context else error.message[:200]


def document_problems(schema: str, text: str) -> list[str]:
    """What is wrong with a document of --json."""
    return list(text_problems(schema, text, ""))


def line_problems(schema: str, text: str) -> list[str]:
    """What is wrong with the lines of --jsonl."""
    return [problem for line in text.splitlines() for problem in text_problems(schema, line, "/$defs/line")]


@cache
def text_problems(schema: str, text: str, part: str) -> list[str]:
    """What is wrong with a text; the same one is looked at once, for many runs in other scenes say the same."""
    return problems(schema, json.loads(text), part)
