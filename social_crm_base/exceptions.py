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
