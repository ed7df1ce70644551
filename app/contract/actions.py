"""What can be proposed."""

from typing import Any

from pydantic.fields import FieldInfo

from agent.actions import Action
from app.contract.model import Contract


class ArgumentRow(Contract):
    name: str
    needed: bool
    meaning: str

    @classmethod
    def of(cls, name: str, field: FieldInfo) -> "ArgumentRow":
        return cls(name=name, needed=field.is_required(), meaning=field.description or "")


class ActionRow(Contract):
    action: str
    description: str
    undo: str
    """How it is taken back, or the word `irreversible`."""
    arguments: tuple[ArgumentRow, ...]

    @classmethod
    def of(cls, action: Action[Any]) -> "ActionRow":
        fields = action.arguments.model_fields.items()
        return cls(
            action=action.name,
            description=action.description,
            undo=action.undo,
            arguments=tuple(ArgumentRow.of(name, field) for name, field in fields),
        )
