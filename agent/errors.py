"""Every refusal that someone can handle. The message is one sentence that says what to do next."""

import re


class ExpediterError(Exception):
    """A refusal with a reason; surfaces show `str(error)` as it is, never a traceback."""

    @property
    def kind(self) -> str:
        """What programs tell refusals apart by: `second_factor_needed`."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(self).__name__).lower()


class SettingMissing(ExpediterError):
    """A setting this process needs is absent or malformed."""


class ErpUnavailable(ExpediterError):
    """The ERP did not answer in time, or at all; nothing was changed by this call."""


class ErpRefused(ExpediterError):
    """The ERP answered and said no: wrong database, login, access rights or a validation of its own."""

    by = "The ERP"
    """Who said no, as a sentence begins."""


class ErpIncomplete(ExpediterError):
    """The ERP lacks a module or field that the question needs."""


class ErpAnswerLost(ExpediterError):
    """A write was sent and its answer never came: whether it took effect has to be looked up."""


class SendingRefused(ErpRefused):
    """The mail server said no, and nothing was sent."""

    by = "The mail server"


class SendingNotAllowed(ErpRefused):
    """Our own ledger keeps a mail from being sent, or what is in the mail does."""

    by = "Expediter"


class RecordMissing(ExpediterError):
    """No record of that name or id exists, or the reader may not see it."""


class NotPermitted(ExpediterError):
    """This person may not do this; the message names the role that may."""


class ExecutionHeld(NotPermitted):
    """Executions of this action are stopped, or as many have begun as an hour may see; what was approved waits."""


class DecisionRefused(ExpediterError):
    """The decision cannot be taken: own proposal, wrong step, already decided, expired or changed."""


class OwnProposal(DecisionRefused):
    """Who asked for a change, or edited it, does not decide on it."""


class StaleShown(DecisionRefused):
    """What was decided on is not what is there now."""


class SecondFactorNeeded(DecisionRefused):
    """The rule asks for a code from the person's authenticator; the same decision with one may pass."""


class SecondFactorMissing(DecisionRefused):
    """The rule asks for a code, and this person has no confirmed authenticator."""


class SecondFactorWrong(DecisionRefused):
    """The code is not the one the authenticator shows now, or was used before."""


class SecondFactorLocked(DecisionRefused):
    """Too many wrong codes; none is looked at for a while."""


class PolicyInvalid(ExpediterError):
    """The approval policy cannot be used; the message names the file, the line and the mistake."""


class PolicyRejected(ExpediterError):
    """No rule of the policy allows this action; without a rule nothing is permitted."""


class PreconditionFailed(ExpediterError):
    """The action makes no sense on the record as it is now."""


class DatabaseUnavailable(ExpediterError):
    """PostgreSQL cannot be reached or refuses this process's role."""


class SchemaOutdated(ExpediterError):
    """The database schema is older (or newer) than this program; `expediter db migrate` mends it."""


class ModelUnavailable(ExpediterError):
    """No language model is configured, or it failed; the rule planner takes over."""


class MailUnreadable(ExpediterError):
    """The file is not a mail message that can be read."""


class MailboxUnavailable(ExpediterError):
    """The mail server did not answer, or ended the conversation; everything in the mailbox is as it was."""


class MailboxRefused(ExpediterError):
    """The mail server answered and said no: login, folder or rights. Trying again does not help."""


class MailNotSafe(ExpediterError):
    """The mail would say, in its header, more than it is meant to; it is neither sent nor put into a mailbox."""


class MailAnswerLost(ExpediterError):
    """A mail was sent to the mail server and its answer never came: whether it was taken has to be looked up."""


class KnowledgeUnavailable(ExpediterError):
    """The document index is missing or damaged; `expediter knowledge index` rebuilds it."""


class ServerUnreachable(ExpediterError):
    """The command needs `expediter serve`, and it does not answer."""
