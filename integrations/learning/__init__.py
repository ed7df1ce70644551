"""Learning what class a mail has, from mails that people gave one. `Learned` needs numpy only; `learn` needs scikit-learn."""

from integrations.learning.learned import Learned
from integrations.learning.shelf import keep, kept

__all__ = ["Learned", "keep", "kept"]
