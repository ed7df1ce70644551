"""What is written down, and how it reads as a story."""

from agent.guardrails.audit.kinds import CONVERSATION, KEPT_FOR_EVER, AuditKind
from agent.guardrails.audit.story import story

__all__ = ["CONVERSATION", "KEPT_FOR_EVER", "AuditKind", "story"]
