# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""Every way in asks the suppression list, and nothing comes in while erasures wait to be replayed.

Ingest (webhook, poll, import, forms) drops what is listed; other ways of writing refuse in words.
"""

from dataclasses import replace
from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.social_crm_base.const import PRIVATE_VISIBILITY

from ..tools import marks
from .social_crm_suppression import WEAK, Alias, moment_of

#: Our own words so soon after an erasure are those that told the person of it.
ECHO = timedelta(minutes=10)


class SocialCrmInteraction(models.Model):
    _inherit = "social.crm.interaction"

    @api.model_create_multi
    def create(self, vals_list):
        """Override: nobody writes what an erased person said before, see :meth:`write`."""
        if not self.env.su:
            self.env["social.crm.erasure"]._refuse_behind()
            self._refuse_old_words(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        """Override: words may not be given to an erased person's past, by account or date."""
        if not self.env.su and vals.keys() & {"identity_id", "date"}:
            self._refuse_old_words(
                [{"identity_id": said.identity_id.id, "date": said.date, **vals} for said in self]
            )
        return super().write(vals)

    @api.model
    def _refuse_old_words(self, vals_list):
        """:raise UserError: where words date from before their author's erasure, or have no date"""
        identities = self.env["social.crm.identity"]
        identities._refuse_suppressed(
            [
                {**who._known_by(), "first_seen": vals.get("date")}
                for vals in vals_list
                if (who := identities.browse(vals.get("identity_id") or ()))
            ]
        )

    @api.model
    def _prepare_activities(self, channel, activities):
        """Override: old words name nobody who was erased since; the words themselves stay."""
        self.env["social.crm.erasure"]._refuse_behind()
        activities = super()._prepare_activities(channel, activities)
        return self._without_erased(channel, activities)

    @api.model
    def _without_erased(self, channel, activities):
        """Leave out whom others named in old words: where the network lists them, and ``@name``.

        :return: as many activities, the same objects where nothing was left out
        :rtype: list
        """
        listed = self.env["social.crm.suppression"]
        if not listed._used_keys(channel.company_id.id):
            return activities
        names = {
            actor: channel._actor_aliases(actor)
            for activity in activities
            for actor in (*activity.mentions, *activity.participants)
        }
        for activity in activities:
            for said in (activity.title, activity.text, activity.html):
                for marked in marks.names_in(said):
                    if marked not in names:
                        names[marked] = listed._account_aliases(
                            channel.platform_id, {"handle": marked}
                        )
        hits = listed._hits(
            channel.company_id, [alias for aliases in names.values() for alias in aliases]
        )
        if not hits:
            return activities
        removed = self.env._("[removed]")

        def is_known(name, moment):
            return not listed._worst(names[name], hits, moment)

        def clean(activity):
            moment = activity.occurred_at
            gone = {actor for actor in activity.mentions if not is_known(actor, moment)}
            whole = {marks.plain(actor.handle) for actor in gone}
            # without its server a name is whoever's the network lists, where it lists one such
            short = {marks.local(actor.handle) for actor in gone} - {
                marks.local(actor.handle) for actor in {*activity.mentions} - gone
            }

            def is_gone(name):
                said = marks.plain(name)
                return said in whole or said in short or not is_known(name, moment)

            links = [actor.profile_url for actor in gone if actor.profile_url]
            changes = {
                name: fresh
                for name in ("title", "text", "html")
                if (said := getattr(activity, name))
                and (fresh := marks.replace(said, is_gone, removed, links)) != said
            }
            for name in ("mentions", "participants"):
                actors = getattr(activity, name)
                known = tuple(actor for actor in actors if is_known(actor, moment))
                if known != actors:
                    changes[name] = known
            return replace(activity, **changes) if changes else activity

        return [clean(activity) for activity in activities]

    @api.model
    def _gate_activities(self, channel, activities):
        """Override: what dates from before somebody's erasure is not taken in."""
        refused = super()._gate_activities(channel, activities)
        done = {position for position, _reason in refused}
        return refused + [
            (position, reason)
            for position, reason in self.env["social.crm.identity"]._suppressed(
                channel, activities
            )
            if position not in done
        ]


class SocialCrmEvent(models.Model):
    _inherit = "social.crm.event"

    def _relate_people(self, channel, activities):
        """Override: raw words that name somebody who was erased since are not kept."""
        super()._relate_people(channel, activities)
        owners = [event_id for event_id, found in activities.items() for _activity in found]
        said = [activity for found in activities.values() for activity in found]
        clean = self.env["social.crm.interaction"]._without_erased(channel, said)
        naming = [
            owner
            for owner, before, after in zip(owners, said, clean, strict=True)
            if before is not after
        ]
        if naming:
            self.env.cr.execute(
                "UPDATE social_crm_event SET payload = NULL WHERE id = ANY(%s)", [naming]
            )
            self.invalidate_model(["payload"], flush=False)


class SocialCrmChannel(models.Model):
    _inherit = "social.crm.channel"

    def _actor_aliases(self, actor):
        """What an account named on this channel is looked for by in the suppression list.

        :rtype: list[Alias]
        """
        return self.env["social.crm.suppression"]._account_aliases(
            self.platform_id,
            {
                "scope": actor.scope,
                "external_id": actor.external_id,
                "handle": actor.handle,
                "verified_email": actor.email,
                "verified_phone": actor.phone,
            },
            actor.former_ids,
        )

    def _activity_aliases(self, activity):
        """Everybody without whom an activity would not be, with the place of a private talk."""
        found = []
        for actor in filter(None, (activity.actor, activity.counterpart)):
            found += self._actor_aliases(actor)
        if activity.thread and activity.visibility in PRIVATE_VISIBILITY:
            # on many networks a private talk is called as its other side
            found.append(Alias("id", activity.thread, self.platform_id.code))
        return found


class SocialCrmIdentity(models.Model):
    _inherit = "social.crm.identity"

    @api.model
    def _suppressed(self, channel, activities):
        """Which activities are of people who were erased, and date from before.

        Where only a name or an address agrees, it is put aside for a person to decide.

        :return: (position, reason in words)
        :rtype: list[tuple[int, str]]
        """
        listed = self.env["social.crm.suppression"]
        if not listed._used_keys(channel.company_id.id):
            return []
        names = [channel._activity_aliases(activity) for activity in activities]
        hits = listed._hits(
            channel.company_id, [alias for aliases in names for alias in aliases]
        )
        refused, aside = [], []
        for position, activity in enumerate(activities):
            moment = activity.occurred_at
            if activity.direction == "out":  # the echo of our last message, by the network's clock
                moment -= ECHO
            entry = listed._worst(names[position], hits, moment) if hits else None
            if not entry:
                continue
            if entry.kind in WEAK:
                aside.append((activity, entry))
                reason = self.env._(
                    "It dates from before an erasure, and a name or address agrees: put aside "
                    "under Privacy › Put Aside for a privacy clerk to decide."
                )
            else:
                reason = self.env._(
                    "It dates from before an erasure: it is not taken in again. What the person "
                    "says after it is."
                )
            refused.append((position, reason))
        if aside:
            self.env["social.crm.suppression.hit"]._put_aside(channel, aside)
        return refused

    @api.model
    def _gate_store(self, vals_list):
        """Override: nobody who was erased is written again with a past, or without a date."""
        self.env["social.crm.erasure"]._refuse_behind()
        self._refuse_suppressed(vals_list)
        return super()._gate_store(vals_list)

    def write(self, vals):
        """Override: an account may not become one that was erased, by getting its id or names,
        nor get a past it lost.
        """
        named = vals.keys() & {
            "external_id", "handle", "verified_email", "verified_phone", "first_seen",
        }  # fmt: skip
        if named and any(vals[name] for name in named):
            self._refuse_suppressed([{**identity._known_by(), **vals} for identity in self])
        return super().write(vals)

    def _known_by(self):
        """What the suppression list is asked of this account.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "company_id": self.company_id.id,
            "platform_id": self.platform_id.id,
            "scope": self.scope,
            "external_id": self.external_id,
            "first_seen": self.first_seen,
        }

    @api.model
    def _refuse_suppressed(self, vals_list):
        """Refuse accounts that are listed.

        :raise UserError: saying what to do
        """
        listed = self.env["social.crm.suppression"]
        told = {}
        for vals in vals_list:
            company_id = vals.get("company_id") or self.env.company.id
            if listed._used_keys(company_id):
                platform = self.env["social.crm.platform"].browse(vals["platform_id"])
                told.setdefault(company_id, []).append(
                    (listed._account_aliases(platform, vals), moment_of(vals.get("first_seen")))
                )
        for company_id, people in told.items():
            company = self.env["res.company"].browse(company_id)
            hits = listed._hits(company, [alias for names, _moment in people for alias in names])
            for names, moment in people if hits else ():
                if entry := listed._worst(names, hits, moment):
                    raise UserError(listed._refusal(entry))


class SocialCrmIdentityAlias(models.Model):
    _inherit = "social.crm.identity.alias"

    @api.model_create_multi
    def create(self, vals_list):
        """Override: an erased person's id is nobody's former one."""
        identities = self.env["social.crm.identity"]
        identities._refuse_suppressed(
            [
                {**identities.browse(vals["identity_id"])._known_by(), "external_id": vals["value"]}
                for vals in vals_list
                if vals.get("kind") == "id"
            ]
        )
        return super().create(vals_list)


class SocialCrmIdentityLink(models.Model):
    _inherit = "social.crm.identity.link"

    @api.model
    def _gate(self, identities):
        """Override: nothing is linked while erasures wait to be replayed."""
        self.env["social.crm.erasure"]._refuse_behind()
        return super()._gate(identities)


class SocialCrmSuppression(models.Model):
    _inherit = "social.crm.suppression"

    @api.model
    def _refusal(self, entry):
        """Why somebody may not be written, and what to do.

        :rtype: str
        """
        if entry.kind in WEAK:
            return self.env._(
                "This name, number or address belonged to a person whose data was erased. If "
                "somebody else has it now, or the person asks for it anew, a privacy clerk lets "
                "it in under Privacy › Suppression List (erasure %(reference)s).",
                reference=entry.reference,
            )
        return self.env._(
            "This account was erased, and what dates from before or has no date does not come "
            "back (erasure %(reference)s). What the person writes from now on is taken in by "
            "itself.",
            reference=entry.reference,
        )

    @api.model
    def _refuse_addresses(self, vals_list, email, phone, records=()):
        """Refuse contacts and leads with a listed address, where a colleague or a program writes
        them. What people tell us themselves, now, comes by other ways, with the system's rights.

        :param str email: name of the field
        :param str phone: likewise
        :param records: which are written, if any: their countries say how numbers are read
        :raise UserError: saying what to do
        """
        told = [vals for vals in vals_list if vals.get(email) or vals.get(phone)]
        if self.env.su or not told:
            return
        self.env["social.crm.erasure"]._refuse_behind()
        if not self._used_keys(self.env.company.id):
            return
        countries = self.env["res.country"]
        names = [
            self._address_aliases(vals.get(email), vals.get(phone), country)
            for vals in told
            for country in (
                [countries.browse(vals["country_id"])]
                if vals.get("country_id")
                else [*(record.country_id for record in records)] or [countries]
            )
        ]
        hits = self._hits(self.env.company, [alias for found in names for alias in found])
        if hits:
            raise UserError(self._refusal(next(iter(hits.values()))))


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        self.env["social.crm.suppression"]._refuse_addresses(vals_list, "email", "phone")
        return super().create(vals_list)

    def write(self, vals):
        self.env["social.crm.suppression"]._refuse_addresses(
            [vals], "email", "phone", self
        )
        return super().write(vals)


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.model_create_multi
    def create(self, vals_list):
        self.env["social.crm.suppression"]._refuse_addresses(vals_list, "email_from", "phone")
        return super().create(vals_list)

    def write(self, vals):
        self.env["social.crm.suppression"]._refuse_addresses(
            [vals], "email_from", "phone", self
        )
        return super().write(vals)


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Override: who was erased does not come back as somebody else's past."""
        contacts = src_partners | dst_partner
        if erased := contacts.filtered("social_erased_at"):
            raise UserError(
                self.env._(
                    "%(count)s of these contacts were erased: only their documents are left. They "
                    "cannot be merged with anybody.",
                    count=len(erased),
                )
            )
        self.env["social.crm.suppression"].with_user(self.env.user)._refuse_addresses(
            [
                {"email": one.email, "phone": one.phone, "country_id": one.country_id.id}
                for one in contacts
            ],
            "email", "phone",
        )  # fmt: skip
        return super()._update_foreign_keys(src_partners, dst_partner)
