# Part of Social CRM. See LICENSE file for full copyright and licensing details.
import logging
from itertools import islice

from odoo import api, models
from odoo.fields import Domain
from odoo.tools.misc import split_every

from odoo.addons.social_crm_base.ingest.settle import recount
from odoo.addons.social_crm_base.tools.activity import Actor

from ..archives.plan import PSEUDONYM_PREFIX, Plan, activity, under_real_name
from ..archives.said import Said, WrongArchive
from .social_crm_worker import CLAIM_ARCHIVE, is_lost_race, races_expected

_logger = logging.getLogger(__name__)

TAKE_BATCH = 500
UNDO_BATCH = 500
STATES_AT_WORK = ("reading", "importing", "undoing")


class SocialCrmArchive(models.Model):
    """The work in the background: each batch is one commit with how far it is, so that a kill loses
    nothing and repeats nothing.
    """

    _inherit = "social.crm.archive"

    @api.model
    def _cron_work(self):
        """One worker. Any number of scheduled actions may run this at once."""
        seconds_left, tried = 1, set()
        while seconds_left > 0:
            archive = self._next_work(tried)
            if not archive:
                self._progress(0)
                return
            tried.add(archive.id)
            seconds_left = archive._work()

    def _next_work(self, tried):
        """The oldest archive that waits and that nobody else works on, or none."""
        waiting = self.search(
            [("state", "in", STATES_AT_WORK), ("id", "not in", list(tried))], order="id"
        )
        for archive_id in waiting.ids:
            self._start_over()
            if self._claim(CLAIM_ARCHIVE, archive_id):
                archive = self.browse(archive_id)
                if archive.exists() and archive.state in STATES_AT_WORK:
                    return archive.with_company(archive.company_id)
        return self.browse()

    @races_expected()
    def _work(self):
        """Go on with one archive until it is done or time is up.

        :return: seconds left for this run
        :rtype: float
        """
        step = {
            "reading": self._work_reading,
            "importing": self._work_importing,
            "undoing": self._work_undoing,
        }[self.state]
        try:
            # What is written of others is in the words of who began it.
            return step()
        except WrongArchive as error:
            self._start_over()
            self._fail(self._wrong_words(error))
        except Exception as error:
            self._start_over()
            if is_lost_race(error):  # somebody pressed a button: look again what is wanted
                self._wake("_cron_work")
            else:
                _logger.exception("Archive %s cannot be worked on", self.id)
                self._fail(self.env._("Something went wrong: %(error)s", error=str(error)[:200]))
        return self._progress(0, remaining=1)

    def _fail(self, words):
        self.write(
            {
                "failure": words,
                "state": {"reading": "draft", "importing": "stopped"}.get(self.state, "done"),
            }
        )

    def _goes_on(self, count, state, position=None):
        """Commit, and say whether this worker still has the archive to itself and time left.

        :param int position: where this worker stopped; another one may have gone on from there
        :return: whether to go on, and the seconds left
        :rtype: tuple[bool, float]
        """
        left = self._progress(count, remaining=1)
        if left <= 0 or not self._claim(CLAIM_ARCHIVE, self.id):
            return False, left
        is_mine = self.exists() and self.state == state and position in (None, self.position)
        return bool(is_mine), left

    def _work_reading(self):
        self._read()
        return self._progress(self.total_count)

    # === TAKING IN === #

    def _work_importing(self):
        """Take the items in, from where the last batch ended."""
        left, plan = 1, self._plan()
        chosen = set(self.part_ids.filtered("is_chosen").mapped("key"))
        for chunk in split_every(TAKE_BATCH, islice(self._items(), self.position, None), list):
            said = [
                item
                for item in map(self._in_time, chunk)
                if isinstance(item, Said) and item.part.key in chosen
            ]
            self._take(said, plan)
            self.position += len(chunk)
            goes_on, left = self._goes_on(len(chunk), "importing", self.position)
            if not goes_on:
                return left
        self._finish()
        return self._progress(0, remaining=1)

    def _plan(self):
        """What the user settled, in the plain values the readers' words are turned by.

        :rtype: Plan
        """
        people = {person.key: person for person in self.person_ids}
        own = {key for key, person in people.items() if person.is_own}
        plan = Plan(
            self.format,
            self.env._("Person"),
            own_keys=own,
            own_names={people[key].name for key in own},
            keep_until=self.keep_until,
        )
        for key, person in people.items():
            if person.identity_id and not person.is_own:
                plan.people[key] = self._actor(person.identity_id)
        for part in self.part_ids:
            others = [key for key in part.members or () if key not in own]
            if len(others) > 1:
                plan.groups.add(part.key)
            elif others:
                plan.others[part.key] = people[others[0]]._author()
        return plan

    @api.model
    def _actor(self, identity):
        """An account that is known, named so that the way in finds it again and learns nothing."""
        if not identity.external_id and not identity.handle:
            identity.external_id = f"hand-{identity.id}"
        return Actor(
            external_id=identity.external_id or "",
            handle=identity.handle or "",
            scope=identity.scope,
        )

    def _take(self, said, plan):
        """Hand a batch to the one way in; what is there already is left as it is.

        Where the batch cannot be stored it is halved until the culprit stands alone.
        """
        if not said:
            return
        known = self._known_ids(said)
        fresh = [item for item in said if self._item_key(item) not in known]
        try:
            with self.env.cr.savepoint():
                fresh = self._let_through(fresh, plan)
                outcomes = self.env["social.crm.import.line"]._take_in(
                    self.channel_id,
                    [activity(item, plan) for item in fresh],
                    needs_answer=False,
                    marks={"archive_id": self.id},
                    touches_cases=False,
                )
                self.env.flush_all()
        except Exception as error:
            if is_lost_race(error):
                raise
            self.env.invalidate_all(flush=False)
            if len(said) > 1:
                middle = len(said) // 2
                self._take(said[:middle], plan)
                self._take(said[middle:], plan)
                return
            _logger.warning("Archive %s: an item cannot be stored", self.id, exc_info=True)
            self._note_refused([(said[0], type(error).__name__)], "failed")
            return
        refused = [
            (item, outcome["note"])
            for item, outcome in zip(fresh, outcomes, strict=True)
            if outcome["result"] == "refused"
        ]
        self._note_refused(refused, "refused")
        self.created_count += sum(outcome["result"] == "created" for outcome in outcomes)

    def _let_through(self, said, plan):
        """Ask the gates before names become pseudonyms: they look for people by their names.

        :return: those that may be stored; the others are listed with the reason
        :rtype: list
        """
        refused = dict(
            self.env["social.crm.interaction"]._gate_activities(
                self.channel_id, [under_real_name(item, plan) for item in said]
            )
        )
        self._note_refused([(said[at], note) for at, note in refused.items()], "refused")
        return [item for at, item in enumerate(said) if at not in refused]

    def _note_refused(self, refused, reason):
        self.refused_count += len(refused)
        self.env["social.crm.archive.problem"].create(
            [
                {
                    "archive_id": self.id,
                    "file": item.file,
                    "line": item.line,
                    "reason": reason,
                    "detail": note,
                }
                for item, note in refused
            ]
        )

    def _finish(self):
        """The words are in; the file and the names in it go."""
        self._drop_file()
        self.person_ids.unlink()
        self.part_ids.write({"members": False})
        self.part_ids.filtered(lambda part: part.sort == "messages").write(
            {"name": False, "key": "-"}
        )
        self.state = "done"
        self._say_done()

    # === TAKING BACK === #

    def _undoable(self, interactions):
        """Those of these words that may go again; other addons take some out by ``super()``.

        What belongs to a case by now, or was made a lead, is somebody's work.

        :rtype: recordset
        """
        return interactions.filtered(lambda said: not said.case_id and not said.lead_ids)

    def _work_undoing(self):
        """Delete what this import brought, in batches, passing by what is kept."""
        interactions = self.env["social.crm.interaction"].with_context(active_test=False)
        last, left = 0, 1
        while batch := interactions.search(
            [("archive_id", "=", self.id), ("id", ">", last)], order="id", limit=UNDO_BATCH
        ):
            last = batch[-1].id
            self._take_back(self._undoable(batch))
            goes_on, left = self._goes_on(len(batch), "undoing")
            if not goes_on:
                return left
        kept = interactions.search_count([("archive_id", "=", self.id)])
        self._drop_file()
        self._forget_contents()
        self.write(
            {
                "state": "undone",
                "created_count": kept,
                "kept_count": kept,
                "position": 0,
                "refused_count": 0,
            }
        )
        return self._progress(0, remaining=1)

    def _take_back(self, interactions):
        """Delete words, and the talks and pseudonyms that nothing is left of."""
        talks, people = interactions.conversation_id, (
            interactions.identity_id | interactions.conversation_id.identity_id
        )
        interactions.unlink()
        said = self.env["social.crm.interaction"]
        left = said._read_group([("conversation_id", "in", talks.ids)], ["conversation_id"])
        kept = talks.browse(talk.id for (talk,) in left)
        (talks - kept).unlink()
        recount(self.env, set(kept.ids))
        kept.invalidate_recordset(flush=False)
        self._drop_pseudonyms(people)

    def _drop_pseudonyms(self, people):
        """Accounts that were only made for this, and that nothing hangs on."""
        people = people.exists().filtered(
            lambda who: (who.external_id or "").startswith(PSEUDONYM_PREFIX)
            and not who.link_ids
            and not who.is_own
        )
        named = set()
        for model in ("social.crm.interaction", "social.crm.conversation", "social.crm.case"):
            found = self.env[model]._read_group(
                Domain("identity_id", "in", people.ids), ["identity_id"]
            )
            named |= {who.id for (who,) in found}
        people.filtered(lambda who: who.id not in named).unlink()
