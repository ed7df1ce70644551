"""Language models behind OpenAI-compatible endpoints."""

from integrations.llm.chat_model import chat_model

__all__ = ["chat_model"]
