# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Fixed figures of mail."""

FAMILY = "mail"
# How the Message-ID of a mail of ours begins: an answer that names it answers us.
OWN_ID = "<social-crm-"
ALIAS_PREFIX = "case-"
# 100 bits: whoever has the address may write into the case, so nobody may guess it.
ALIAS_BYTES = 13
MAX_TEXT = 100_000
MAX_QUOTED = 50_000
MAX_REFERENCES = 20
# More from one sender in so many minutes is a machine, whatever it says of itself.
LOOP_MINUTES = 120
LOOP_MAILS = 20
