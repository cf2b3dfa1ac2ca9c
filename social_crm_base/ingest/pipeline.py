# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from . import marks, matters, people, settle, talk
from .batch import Batch

WRITTEN = (
    "social.crm.identity",
    "social.crm.conversation",
    "social.crm.case",
    "social.crm.case.cycle",
    "social.crm.case.response",
    "social.crm.interaction",
)


class Ingest:
    """The steps in their order. Everything happens in the caller's transaction."""

    def __init__(self, env, channel):
        self.env = env
        self.channel = channel

    def run(self, activities, opens_cases=True, case_id=None, touches_cases=True):
        """Store what the activities say.

        :param list activities: :class:`Activity`, in any order, seen before or not
        :param bool opens_cases: False for history that is imported, which asks for no answer
        :param int case_id: the case all of it belongs to, where that is known
        :param bool touches_cases: False where no case at all is to hear of it
        :rtype: IngestResult
        """
        activities = self.env["social.crm.interaction"]._prepare_activities(
            self.channel, list(activities)
        )
        batch = Batch(self.env, self.channel, activities, opens_cases, case_id)
        self.env.flush_all()
        batch.result.dropped += self.env["social.crm.interaction"]._gate_activities(
            self.channel, batch.activities
        )
        people.resolve(batch)
        talk.store(batch)
        settle.late_parents(batch)
        marks.apply(batch)
        if touches_cases:
            matters.assign(batch)
        for model in WRITTEN:  # the steps write by SQL, behind the cache's back
            self.env[model].invalidate_model(flush=False)
        batch.result.waiting.sort()
        batch.result.interactions = self.env["social.crm.interaction"].browse(
            sorted(batch.changed_ids)
        )
        return batch.result
