"""Scanning again and again: the world is kept in memory, what changed is read again, and what depends on it is judged again."""

from agent.risk.live.engine import Pace, ScanEngine

__all__ = ["Pace", "ScanEngine"]
