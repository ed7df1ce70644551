"""The documents name every setting and every field."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import app.contract
from app.contract.model import Contract
from app.settings import overview

DOCS = Path(__file__).resolve().parents[3] / "docs"


def test_every_setting_is_documented_and_nothing_else() -> None:
    documented = set(re.findall(r"^\| `(EXPEDITER_\w+)`", (DOCS / "settings.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert documented == {line.variable for line in overview()}


def test_every_field_of_the_contract_is_documented() -> None:
    marked = re.findall(r"`([^`]+)`", (DOCS / "json-contract.md").read_text(encoding="utf-8"))
    words = {word for text in marked for word in re.findall(r"\w+", text)}
    for module in iter_modules(app.contract.__path__, "app.contract."):
        for model in vars(import_module(module.name)).values():
            if isinstance(model, type) and issubclass(model, Contract):
                fields = {field.alias or name for name, field in model.model_fields.items()}
                assert fields <= words, (model.__name__, fields - words)
