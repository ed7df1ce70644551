"""From reviewed YAML to a validated model, with the line of every mistake."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError
from yaml.constructor import SafeConstructor

from agent.errors import PolicyInvalid

Model = TypeVar("Model", bound=BaseModel)
Loc = Sequence[int | str]

#: libyaml reads a policy in a tenth of the time, which every process spends before it is ready; not every build of PyYAML has it.
FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

#: Keys whose values come from a closed list, with the word a person has for one of them.
NOUNS = {"role": "role", "any_of": "role", "action": "action"}

#: A policy needs 8. A C composer calls itself for each level, until the process has no stack left.
DEEPEST = 20
#: Sexagesimal numbers of a whole text's length take minutes to count.
LONGEST = 10_000


def mistake(message: str, *at: int | str) -> PydanticCustomError:
    """A mistake found by a rule of ours; `at` leads from the validated object to the key or value that is wrong."""
    return PydanticCustomError("policy", "{message}", {"message": message, "at": at})


def parse(text: str, source: str, model: type[Model]) -> Model:
    """Validate YAML against `model`. Raises PolicyInvalid naming `source`, the line (from 1) and the mistake."""
    root = _compose(text, source)
    _refuse_doubled_keys(root, source)
    values = _values(root, source)
    try:
        return model.model_validate(values)
    except ValidationError as invalid:
        error = min(invalid.errors(), key=lambda error: error["type"] != "extra_forbidden")
        loc = (*error["loc"], *error.get("ctx", {}).get("at", ()))
        raise _invalid(source, _line(root, loc, of_key=error["type"] == "extra_forbidden"), _sentence(error)) from None


def line_of(text: str, *loc: int | str) -> int:
    """The line (from 1) on which the value at `loc` of a parsed text starts."""
    return _line(_compose(text, ""), loc, of_key=False)


def _compose(text: str, source: str) -> yaml.Node:
    try:
        root = _tree(text, source)
    except yaml.MarkedYAMLError as broken:
        mark = broken.problem_mark or broken.context_mark
        raise _invalid(source, mark.line + 1 if mark else 1, broken.problem or "this is not YAML") from None
    except yaml.YAMLError as broken:
        raise _invalid(source, 1, f"this is not YAML: {broken}") from None
    if not isinstance(root, yaml.MappingNode):
        raise _invalid(source, 1, "a policy starts with the keys version, thresholds and rules")
    return root


def _tree(text: str, source: str) -> yaml.Node | None:
    """What libyaml refuses is read again: PyYAML's own words for a mistake are the same on every build, and better."""
    with suppress(yaml.YAMLError):
        return _composed(text, source, FAST)
    return _composed(text, source, yaml.SafeLoader)


def _composed(text: str, source: str, loader: type[yaml.SafeLoader]) -> yaml.Node | None:
    _refuse_traps(text, source, loader)
    return yaml.compose(text, Loader=loader)


def _refuse_traps(text: str, source: str, loader: type[yaml.SafeLoader]) -> None:
    """A policy comes from outside: what would grow without bound while it is composed is refused before, event by event."""
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or (isinstance(event, yaml.NodeEvent) and event.anchor):
            trap = "a policy has no anchors (&) and aliases (*); write it out"
        elif depth > DEEPEST:
            trap = f"this is nested deeper than {DEEPEST} levels"
        elif isinstance(event, yaml.ScalarEvent) and len(event.value) > LONGEST:
            trap = f"one value has at most {LONGEST:,} characters"
        else:
            continue
        raise _invalid(source, event.start_mark.line + 1 if event.start_mark else 1, trap)


def _values(root: yaml.Node, source: str) -> object:
    try:
        return SafeConstructor().construct_document(root)
    except yaml.MarkedYAMLError as broken:
        mark = broken.problem_mark or broken.context_mark
        raise _invalid(source, mark.line + 1 if mark else 1, broken.problem or "this is not YAML") from None
    except (ValueError, TypeError, AttributeError, KeyError, OverflowError) as broken:
        # What SafeConstructor raises for a date that is none, a number of 5,000 digits, or a tag that does not fit its value.
        raise _invalid(source, 1, f"some value cannot be read: {broken}") from None


def _refuse_doubled_keys(node: yaml.Node, source: str) -> None:
    """YAML would keep the last of two equal keys and say nothing."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _invalid(source, key.start_mark.line + 1, "a key is one word, not a list or a mapping")
            if key.value in seen:
                raise _invalid(source, key.start_mark.line + 1, f"the key `{key.value}` is written twice")
            seen.add(key.value)
            _refuse_doubled_keys(value, source)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_doubled_keys(item, source)


def _line(node: yaml.Node, loc: Loc, *, of_key: bool) -> int:
    """The line of what `loc` leads to, as far as it exists: a missing key is reported where its parent starts."""
    line: int = node.start_mark.line + 1
    for part in loc:
        key, child = _child(node, part)
        if child is None:
            break
        node, line = child, (key or child).start_mark.line + 1
    return line if of_key or isinstance(node, yaml.CollectionNode) else node.start_mark.line + 1


def _child(node: yaml.Node, part: int | str) -> tuple[yaml.Node | None, yaml.Node | None]:
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(part)), (None, None))
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return None, node.value[part]
    return None, None


def _sentence(error: ErrorDetails) -> str:
    names = [part for part in error["loc"] if isinstance(part, str)]
    name: str = names[-1] if names else "policy"
    context: dict[str, Any] = error.get("ctx", {})
    match error["type"]:
        case "policy":
            return str(context["message"])
        case "extra_forbidden":
            return f"unknown key `{name}`"
        case "missing":
            return f"the key `{name}` is missing"
        case "enum" | "literal_error":
            return f"unknown {NOUNS.get(name, name)} `{error['input']}`; one of {context['expected']}"
        case _:
            return f"`{name}`: {error['msg'][:1].lower()}{error['msg'][1:]}"


def _invalid(source: str, line: int, message: str) -> PolicyInvalid:
    return PolicyInvalid(f"{source}, line {line}: {message}.")
