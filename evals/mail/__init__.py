"""How well mail is understood, measured with the collected mails."""

from evals.mail.play import Outcome, play_all
from evals.mail.report import measure_mail

__all__ = ["Outcome", "measure_mail", "play_all"]
