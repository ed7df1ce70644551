"""What a mail is: class, references, links, priority, a draft. Rules only."""

from agent.triage.rows import triage_row
from agent.triage.triage import triage

__all__ = ["triage", "triage_row"]
