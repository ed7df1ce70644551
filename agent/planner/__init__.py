"""Answers without a model: questions are read by patterns, results are worded by templates."""

from agent.planner.calls import Call, Plan
from agent.planner.plan import HELP, plan
from agent.planner.wording import word

__all__ = ["HELP", "Call", "Plan", "plan", "word"]
