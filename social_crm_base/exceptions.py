# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from odoo.exceptions import UserError


class RulebookRefusal(UserError):
    """The rulebook does not allow what was asked for.

    The message is fit for the user: the network, what is refused, why, the source, and what is
    allowed instead.

    :param str message: the translated message.
    :param dict verdicts: ``platform id -> Verdict`` of the networks that refuse, for callers that
        offer the alternative as a button.
    """

    def __init__(self, message, verdicts=None):
        super().__init__(message)
        self.verdicts = verdicts or {}


class ConnectorError(Exception):
    """What a network, or the way to it, did to a call of ours. The class decides what happens next.

    :param str message: fit for a user to read: no secret, no content of a conversation
    :param int status: the HTTP status, where there was an answer
    :ivar bytes answer: the body of that answer, for connectors whose network explains itself there;
        never to be shown as it is
    """

    answer = b""

    def __init__(self, message, *, status=None):
        super().__init__(message)
        self.status = status


class TransientError(ConnectorError):
    """Try again later: an outage, a time-out, a dropped connection.

    :param retry_after: naive UTC datetime named by the network, or None for our own backoff
    :param bool maybe_done: the call may have been carried out although no answer came
    """

    def __init__(self, message, retry_after=None, *, maybe_done=False, status=None):
        super().__init__(message, status=status)
        self.retry_after = retry_after
        self.maybe_done = maybe_done


class RateLimited(TransientError):
    """We asked too often; nothing was done.

    :param until: naive UTC datetime from which the network listens again; None if it did not tell
    """

    def __init__(self, message, until=None, *, status=None):
        super().__init__(message, until, status=status)

    @property
    def until(self):
        return self.retry_after


class CredentialsError(ConnectorError):
    """The network no longer accepts our credentials: a person has to connect the account anew."""


class PermanentError(ConnectorError):
    """The network refused this very thing, and would again."""


class RecipientGone(PermanentError):
    """Nobody there takes anything from us any more: they blocked us, left, or put us out."""


class NotSupported(PermanentError):
    """The network, or this account on it, cannot do that."""


class MalformedPayload(ConnectorError):
    """What the network sent is not what it documents."""


class SignatureError(ConnectorError):
    """A webhook's signature is missing, wrong or stale, or we hold no secret to check it by."""
