# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from collections import defaultdict

from odoo import fields, models

from odoo.addons.social_crm_base.const import CONSENTED, PRIVATE_VISIBILITY

from ..const import MEDIA_PATH

SAFE_LINKS = ("https://", "http://")


class SocialCrmConversation(models.Model):
    _inherit = "social.crm.conversation"

    def _talk_places(self):
        """Where the entries of a talk were said.

        :return: conversation id to what the time line shows of it
        :rtype: dict[int, dict]
        """
        return {
            place.id: {
                "id": place.id,
                "kind": place.kind,
                "title": place.title or "",
                "root_id": place.root_id.id,
                "channel_id": place.channel_id.id,
                "channel": place.channel_id.display_name,
                "network": place.platform_id.name,
                "icon": place.platform_id.icon_url or "",
                "read_up_to": fields.Datetime.to_string(place.read_up_to) or False,
                "with": place.identity_id.display_name or "",
            }
            for place in self
        }


class SocialCrmInteraction(models.Model):
    """What the time line of the inbox shows of an interaction. Nothing here asks per record."""

    _inherit = "social.crm.interaction"

    def _talk_data(self):
        """These interactions as entries of a time line, in their order.

        :rtype: list[dict]
        """
        facts = self._talk_facts()
        return [item._talk_entry(facts) for item in self]

    def _talk_facts(self):
        """What entries need besides their own columns, read for all of them at once.

        :rtype: dict[str, dict]
        """
        return {
            "reactions": self._talk_reactions(),
            "outbox": self._talk_outbox(),
            "can": self._talk_abilities(),
            "media": self._talk_media_allowed(),
            "leads": self._talk_leads(),
            "siblings": self.sibling_id._filtered_access("read"),
            "files": self._talk_files(),
        }

    def _talk_entry(self, facts):
        self.ensure_one()
        text = fields.Datetime.to_string
        sibling = self.sibling_id & facts["siblings"]
        return {
            "kind": "interaction",
            "id": self.id,
            "key": f"interaction-{self.id}",
            "date": text(self.date),
            "order": f"{self.date:%Y-%m-%d %H:%M:%S.%f}|{self.id:012d}",
            "received": text(self.date_received),
            "type": self.kind,
            "direction": self.direction,
            "visibility": self.visibility,
            "state": self.state,
            "place_id": self.conversation_id.id,
            "parent_id": self.parent_id.id,
            "title": self.title or "",
            "body": self.body or "",
            "html": self.body_html or "",
            "versions": list(reversed(self.versions or [])),
            "edited_at": text(self.edited_at) or False,
            "deleted_at": text(self.deleted_at) or False,
            "expires_at": text(self.expires_at) or False,
            "media": self._talk_media(facts),
            "rating": self.rating,
            "language": self.language or "",
            "permalink": self._safe_permalink(),
            "author": self._talk_author(facts),
            "answer_type": self._talk_answer_type(),
            "delivery": self.delivery_state or "",
            "delivery_note": self.delivery_note or "",
            "outbox": facts["outbox"].get(self.id, False),
            "can": facts["can"].get(self.id, []),
            "reactions": facts["reactions"].get(self.id, []),
            "counters": self.counters or {},
            "sibling": {"id": sibling.id, "channel": sibling.channel_id.name} if sibling else False,
            "leads": [
                {"id": lead.id, "name": lead.name}
                for lead in (facts["leads"] and self.lead_ids & facts["leads"])
            ],
            "by_hand": self.is_by_hand,
            "mood": self.mood or "",
        }

    def _talk_author(self, facts):
        """Who said it: the account, and of our own words the colleague who wrote them."""
        who, shows_media = self.identity_id, facts["media"][self.id]
        # sudo: the name of the colleague who answered, for whoever reads the answer
        user_sudo = self.author_id.sudo()
        ours = self.direction == "out"
        picture = who.avatar_url if shows_media and not ours else ""
        return {
            "id": who.id,
            "name": (self.channel_id.name if ours else who.name or who.display_name) or "",
            "handle": "" if ours else who.handle or "",
            "role": "" if ours else who.role or "",
            "state": who.state or "",
            "picture": picture if (picture or "").startswith(SAFE_LINKS) else "",
            "user": {"id": user_sudo.id, "name": user_sudo.name} if user_sudo else False,
        }

    def _talk_answer_type(self):
        if self.direction != "out" or not self.answer_type_id:
            return False
        return {"code": self.answer_type_id.code, "name": self.answer_type_id.name}

    # === BATCHED FACTS === #

    def _talk_leads(self):
        """The leads made of these that the reader may open."""
        if not self.env["crm.lead"].has_access("read"):
            return self.env["crm.lead"]
        return self.lead_ids._filtered_access("read")

    def _talk_reactions(self):
        """Likes and the like, gathered under what they are about.

        :return: interaction id to reaction, count and whether one of them is ours
        :rtype: dict[int, list[dict]]
        """
        rows = self.env["social.crm.interaction"]._read_group(
            [
                ("parent_id", "in", self.ids),
                ("kind", "=", "reaction"),
                ("state", "!=", "deleted"),
            ],
            ["parent_id", "reaction", "direction"],
            ["__count"],
        )
        gathered = defaultdict(dict)
        for parent, reaction, direction, count in rows:
            entry = gathered[parent.id].setdefault(
                reaction or "", {"reaction": reaction or "", "count": 0, "mine": False}
            )
            entry["count"] += count
            entry["mine"] = entry["mine"] or direction == "out"
        return {
            item_id: sorted(entries.values(), key=lambda entry: -entry["count"])
            for item_id, entries in gathered.items()
        }

    def _talk_outbox(self):
        """What is under way to the network: the last attempt at saying, or changing, each.

        :rtype: dict[int, dict]
        """
        labels = dict(
            self.env["social.crm.outbox"]._fields["operation"]._description_selection(self.env)
        )
        rows = self.env["social.crm.outbox"].search(
            [
                ("interaction_id", "in", self.ids),
                ("state", "not in", ("done", "cancelled")),
                ("operation", "!=", "mark_read"),  # about our having looked, not about the words
            ],
            order="id",
        )
        return {
            row.interaction_id.id: {
                "id": row.id,
                "operation": row.operation,
                "label": labels.get(row.operation, ""),
                "state": row.state,
                "not_before": fields.Datetime.to_string(row.not_before) or False,
                "error": row.error or "",
                "mine": row.user_id.id == self.env.uid,
            }
            for row in rows
        }

    def _talk_media_allowed(self):
        """Whether pictures may be shown here, or only linked to, by the networks' rules.

        :rtype: dict[int, bool]
        """
        rules = self.env["social.crm.platform.rule"]
        allowed = {}
        groups = self.grouped(
            lambda item: (
                item.platform_id,
                "private" if item.visibility in PRIVATE_VISIBILITY else "public",
                "by_hand" if item.is_by_hand else "api",
                item.company_id,
            )
        )
        for (platform, privacy, way, company), items in groups.items():
            verdict = rules._verdicts(platform, "cache_media", (privacy, way), company)
            for item in items:
                consent = item.identity_id.consent_basis in CONSENTED
                allowed[item.id] = verdict[platform.id].permits(consent=consent)
        return allowed

    def _talk_media(self, facts):
        """Pictures and files, each with whether it may be shown in place."""
        remote = [
            {
                "url": address,
                "mimetype": medium.get("mimetype") or "",
                "name": medium.get("name") or "",
                "alt": medium.get("alt") or "",
                "shown": facts["media"][self.id],
            }
            for index, medium in enumerate(self.media or ())
            if (address := self._talk_media_address(index, medium))
        ]
        return remote + [
            {
                "url": f"/web/content/{file.id}?download=true",
                "source": f"/web/content/{file.id}",
                "mimetype": file.mimetype or "",
                "name": file.name,
                "alt": file.description or "",
                "shown": True,
            }
            for file in facts["files"].get(self.id, ())
        ]

    def _talk_media_address(self, index, medium):
        """Where a browser finds it: at the network, or through us where only we may ask."""
        address = medium.get("url") or ""
        if address.startswith(SAFE_LINKS):
            return address
        return f"{MEDIA_PATH}/{self.id}/{index}" if medium.get("ref") else ""

    def _talk_files(self):
        """The files of each that the user may open.

        :return: interaction id to ``ir.attachment``
        :rtype: dict
        """
        # sudo: read as a user, Odoo would go through all attachments of the database; these few
        # are checked below
        files_sudo = {item.id: item.sudo().attachment_ids for item in self}
        every = self.env["ir.attachment"].union(*(f.sudo(False) for f in files_sudo.values()))
        allowed = every._filtered_access("read")
        return {item_id: files.sudo(False) & allowed for item_id, files in files_sudo.items()}

    def _talk_parents(self):
        """What entries answer where that is not on this page: a line of it, to be quoted.

        :rtype: dict[int, dict]
        """
        elsewhere = (self.parent_id - self)._filtered_access("read")
        readable = elsewhere.case_id._filtered_access("read")
        return {
            parent.id: {
                "id": parent.id,
                "said_by": parent.said_by,
                "excerpt": parent.excerpt,
                "permalink": parent._safe_permalink(),
                "case_id": (parent.case_id & readable).id,
            }
            for parent in elsewhere
        }
