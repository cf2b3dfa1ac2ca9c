# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""What a finding is worth, how it is said, and what is done about it."""
from collections import defaultdict

from odoo import api, models

#: Evidence that links without asking, when it points at one contact only.
EXACT = frozenset({"email", "phone", "profile"})
#: How much each piece of evidence is worth, 0 to 1; pieces add up as independent ones do.
WEIGHTS = {
    "email": 0.95, "phone": 0.95, "profile": 0.95, "returned": 0.6, "handle": 0.5,
    "domain": 0.3, "name": 0.4,
}  # fmt: skip
#: An address or number of several contacts points at each of them less.
SHARED_FACTOR = 0.7
#: A colleague's account under the company's address: how alike names must be to name the person.
COLLEAGUE_SIMILARITY = 0.3
MAX_PROPOSALS = 5
MIN_SCORE = 0.2
#: So many contacts of one name say that the name tells nobody.
MAX_NAMESAKES = 5


class SocialCrmIdentity(models.Model):
    _inherit = "social.crm.identity"

    @api.model
    def _weigh(self, candidates):
        """Turn what was found for one account into evidence and a score for each contact.

        :param dict candidates: partner id -> code -> likeness
        :return: partner id -> (score, list of evidence)
        :rtype: dict
        """
        holders = defaultdict(set)
        for partner_id, codes in candidates.items():
            for code in codes:
                holders[code].add(partner_id)
        weighed = {}
        for partner_id, codes in candidates.items():
            evidence, doubt = [], 1.0
            for code, likeness in sorted(codes.items()):
                sharers = len(holders[code])
                if not self._is_worth_telling(code, likeness, codes, sharers, partner_id):
                    continue
                weight = WEIGHTS[code] * (likeness if code == "name" else 1.0)
                if sharers > 1 and code != "domain":
                    weight *= SHARED_FACTOR
                doubt *= 1 - weight
                evidence.append(
                    {"code": code, "likeness": round(likeness, 2), "holders": sharers}
                )
            score = round(1 - doubt, 2)
            if evidence and score >= MIN_SCORE:
                weighed[partner_id] = (score, evidence)
        best = sorted(weighed.items(), key=lambda item: (-item[1][0], item[0]))
        return dict(best[:MAX_PROPOSALS])

    @api.model
    def _is_worth_telling(self, code, likeness, codes, sharers, partner_id):
        """Whether a finding means anything: names of many, and colleagues, mean nothing alone."""
        if code == "name":
            return sharers <= MAX_NAMESAKES or len(codes) > 1
        if code == "domain":
            partner_sudo = self.env["res.partner"].sudo().browse(partner_id)  # sudo: see callers
            return partner_sudo.is_company or likeness >= COLLEAGUE_SIMILARITY
        return True

    @api.model
    def _evidence_words(self, found):
        """One piece of evidence as a sentence in the reader's language.

        :param dict found: code, likeness, holders
        :rtype: str
        """
        words = {
            "email": self.env._(
                "The network vouches for the e-mail address, which is the contact's."
            ),
            "phone": self.env._(
                "The network vouches for the phone number, which is the contact's."
            ),
            "profile": self.env._("The contact's website is this profile."),
            "returned": self.env._(
                "Another account of this contact had the same handle on this network. It may have "
                "come back under a new number, or somebody else took the free name."
            ),
            "handle": self.env._("The contact uses the same handle on another network."),
            "domain": self.env._("The e-mail address is of the same company's domain."),
            "hand": self.env._("A colleague said so."),
            "merge": self.env._("The contact was merged with the one this account was linked to."),
        }
        said = words.get(found["code"])
        if found["code"] == "name":
            said = (
                self.env._("The name is the same.")
                if found["likeness"] >= 1
                else self.env._(
                    "The name is similar (%(percent)s %%).", percent=round(found["likeness"] * 100)
                )
            )
            said += " " + self.env._("A name alone proves nothing.")
        if found.get("holders", 1) > 1 and found["code"] in (*EXACT, "name"):
            others = found["holders"] - 1
            said += " " + (
                self.env._("Another contact has it too.")
                if others == 1
                else self.env._("%(count)s other contacts have it too.", count=others)
            )
        return said or found["code"]
