# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

MAX_PLACES = 20
MENTIONS = 8
PRIVATE_KINDS = ("direct", "group")


class SocialCrmCase(models.Model):
    """What the composer of the inbox knows: where and how one may answer, and what one began."""

    _inherit = "social.crm.case"

    @api.model
    def _inbox_sections(self):
        return {**super()._inbox_sections(), "composer": "_inbox_composer"}

    def _inbox_composer(self):
        """Places, the draft, how we answer, and what of ours is still on its way.

        :rtype: dict
        """
        places = self._composer_places()
        draft = self.env["social.crm.draft"].search(
            [("case_id", "=", self.id), ("user_id", "=", self.env.uid)]
        )
        writable = self.env["social.crm.outbox"].has_access("create")
        known = [place._composer_place(self) for place in places]
        labels = Counter(place["label"] for place in known)
        for place in known:
            if labels[place["label"]] > 1:  # told apart by what was said there
                said = place["parent"]["text"][:40] if place["parent"] else place["customer"]
                place["label"] = f"{place['label']} · {said}"
        return {
            "can_write": writable,
            "can_override": self.env.user.has_group("social_crm_base.group_team_leader"),
            "places": known,
            "place_id": self._default_place_id(places, known),
            "draft": draft._draft_data(),
            "held": self._outbox_held(),
            "by_hand": self._outbox_by_hand(),
            "order_patterns": places[:1]._order_patterns() if places else [],
        }

    def _composer_places(self):
        """Where this matter was spoken of, where they spoke last first.

        :rtype: recordset
        """
        places = self.conversation_ids._filtered_access("read").filtered(
            lambda place: place.identity_id or place.kind == "group"
        )
        return places.sorted(
            lambda place: (place.last_in_date or place.last_date or place.create_date, place.id),
            reverse=True,
        )[:MAX_PLACES]

    @api.model
    def _default_place_id(self, places, known):
        """Where they spoke last and one may answer; else where they spoke last."""
        for place in known:
            if place["can_reply"] or place["modes"]:
                return place["id"]
        return places[:1].id

    def _outbox_held(self):
        """What I sent here and can still take back."""
        rows = self.env["social.crm.outbox"].search(
            [
                ("conversation_id", "in", self.conversation_ids.ids),
                ("state", "=", "held"),
                ("user_id", "=", self.env.uid),
            ]
        )
        return [row._held_data() for row in rows]

    def _outbox_by_hand(self):
        """What somebody still has to say on the network itself."""
        rows = self.env["social.crm.outbox"].search(
            [("conversation_id", "in", self.conversation_ids.ids), ("state", "=", "by_hand")],
            order="id",
        )
        return [row._by_hand_data() for row in rows]

    # === WHILE ONE WRITES === #

    def inbox_measure(self, conversation_id, text, mode="reply", purpose="answer"):
        """How the answer stands: its length as that network counts, and what is to be minded.

        :return: ``used``, ``limit``, ``unit``, ``fits``; ``simple`` (the screen may count by
            itself); ``findings`` (private data in public), ``brand`` (rules not kept),
            ``missing`` (placeholders), ``refusal`` (of the purpose)
        :rtype: dict
        """
        place = self._composer_place(conversation_id)
        words, missing = place._fill_words(text, self)
        channel = place.channel_id
        connector = channel._connector()
        measure = connector._measure(channel, words)
        public = mode == "reply" and place.kind not in PRIVATE_KINDS
        found = place._sensitive_findings(words) if public else []
        return {
            "used": measure.used,
            "limit": measure.limit,
            "unit": measure.unit,
            "fits": measure.fits,
            "simple": connector._counts_characters,
            "findings": [
                {"kind": one.kind, "label": place._finding_words(one), "value": one.value}
                for one in found
            ],
            "brand": [
                {"id": rule.id, "level": rule.level, "message": rule.message, "found": word}
                for rule, word in place._brand_findings(words)
            ]
            if words.strip()
            else [],
            "missing": missing,
            "refusal": place._purpose_refusal(purpose),
        }

    def inbox_preview(self, conversation_id, text, mode="reply", parent_id=None):
        """The answer as it will stand on the network.

        :return: ``text``, ``missing`` and ``used``
        :rtype: dict
        """
        place = self._composer_place(conversation_id)
        words, missing = place._fill_words(text, self)
        parent = self.env["social.crm.interaction"].browse(parent_id or ()).exists()
        rendered = place._render_words(words, private=mode == "private", parent=parent)
        measure = place.channel_id._connector()._measure(place.channel_id, rendered)
        return {
            "text": rendered,
            "missing": missing,
            "used": measure.used,
            "limit": measure.limit,
            "unit": measure.unit,
        }

    def inbox_saved_answers(self, conversation_id, search=""):
        """Saved answers for this customer, see ``conversation._saved_answers``."""
        return self._composer_place(conversation_id)._saved_answers(search, self)

    def inbox_answer_used(self, answer_id):
        """Note that a saved answer served again, so that it is found sooner."""
        self.check_access("read")
        answer = self.env["mail.canned.response"].browse(answer_id).exists()
        answer.check_access("read")
        # sudo: whoever may use an answer may not always change it
        answer.sudo().last_used = fields.Datetime.now()

    def inbox_insertables(self, conversation_id, search=""):
        """What of other apps can be put into the answer, see ``conversation._insertables``."""
        return self._composer_place(conversation_id)._insertables(search, self)

    def inbox_insert(self, conversation_id, key):
        """The words of one of them, see ``conversation._insert_words``."""
        return self._composer_place(conversation_id)._insert_words(key, self)

    def inbox_mentions(self, conversation_id, search=""):
        """People the answer can name: those of this talk, and others whose handle begins so.

        :return: {id, name, handle}
        :rtype: list[dict]
        """
        place = self._composer_place(conversation_id)
        here = (place.identity_id | place.participant_ids).ids
        Identity = self.env["social.crm.identity"]
        domain = Domain("platform_id", "=", place.platform_id.id) & Domain(
            "company_id", "=", place.company_id.id
        )
        if key := Identity._handle_key(place.platform_id, (search or "").lstrip("@")):
            domain &= Domain("handle_key", "=like", f"{_escaped(key)}%")
        else:
            domain &= Domain("id", "in", here)
        found = Identity.search(
            domain & Domain("is_own", "=", False) & Domain("handle", "!=", False),
            limit=MENTIONS * 3,
        ).sorted(lambda one: one.id not in here)[:MENTIONS]
        return [
            {"id": one.id, "name": one.name or "", "handle": one.handle or ""} for one in found
        ]

    def inbox_draft(self, values):
        """Keep what I have written here; nothing written leaves nothing.

        :param dict values: see ``social.crm.draft._keep``
        :return: when it was saved
        :rtype: str | bool
        """
        self.ensure_one()
        self.check_access("read")
        draft = self.env["social.crm.draft"]._keep(self, values)
        return fields.Datetime.to_string(draft.write_date) if draft else False

    def _composer_place(self, conversation_id):
        """One of the places of this case.

        :raise UserError: for any other
        """
        self.ensure_one()
        self.check_access("read")
        place = self.env["social.crm.conversation"].browse(conversation_id).exists()
        if not place or place not in self.conversation_ids:
            raise UserError(
                self.env._("This place does not belong to the case any more. Open it again.")
            )
        place.check_access("read")
        return place


def _escaped(key):
    return key.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")


class SocialCrmConversation(models.Model):
    _inherit = "social.crm.conversation"

    def _composer_place(self, case):
        """One place to answer in, with everything that holds there.

        :rtype: dict
        """
        self.ensure_one()
        options, limits, said = self._reply_options(), self._media_limits(), self._last_said()
        protocols = self.env["social.crm.protocol"]._of(self)
        refusal = self._reply_refusal()
        slot = self._taken_slot(said)
        # sudo: how one speaks to them, whoever may open the contact
        partner_sudo = self.sudo().identity_id.partner_id
        return {
            "id": self.id,
            "label": self._place_label(),
            "kind": self.kind,
            "is_public": self.kind not in PRIVATE_KINDS,
            "platform": self.platform_id.name,
            "platform_icon": self.platform_id.icon_url or "",
            "customer": self.identity_id.display_name or self.title or "",
            "profile_url": self.identity_id.profile_url or "",
            "by_hand": self.channel_id.connector == "manual",
            "is_training": self.channel_id.is_training,
            "can_reply": not refusal,
            "reason": refusal or options.reason,
            "deadline": fields.Datetime.to_string(options.deadline) or "",
            "private_deadline": fields.Datetime.to_string(options.private_deadline) or "",
            "modes": [] if refusal and options.can_reply else sorted(options.modes),
            "parent": said._quote_data(),
            "slot": slot._quote_data(whole=True),
            "language": self._answer_language(said),
            "form": partner_sudo.social_address_form or "",
            "files": {
                "count": limits.count,
                "size": limits.size,
                "types": list(limits.types),
                "alt": limits.alt,
            },
            "templates": [
                {
                    "key": template.key,
                    "name": template.name,
                    "language": template.language,
                    "body": template.body,
                    "placeholders": list(template.placeholders),
                }
                for template in self._templates_offered(options)
            ],
            "rules": self._brand_rules()._rule_data(),
            "protocol": self.platform_id.protocol or "",
            "protocols": protocols._protocol_data(),
        }

    def _place_label(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return f"{kinds[self.kind]} · {self.channel_id.name}"

    def _templates_offered(self, options):
        if "template" not in options.modes or self.channel_id.connector == "manual":
            return []
        return self.channel_id._connector()._reply_templates(self.channel_id, self)


class SocialCrmInteraction(models.Model):
    _inherit = "social.crm.interaction"

    def _quote_data(self, whole=False):
        """What the composer shows of the word that is answered.

        :rtype: dict | None
        """
        if not self:
            return None
        text = self.body or self.title or ""
        return {
            "id": self.id,
            "who": self.identity_id.display_name or self.channel_id.name,
            "text": text if whole else text[:140],
        }
