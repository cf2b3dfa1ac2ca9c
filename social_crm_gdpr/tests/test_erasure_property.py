# Part of Social CRM. See LICENSE file for full copyright and licensing details.
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from .erasure_common import ErasureCommon, answer, comment, know, message, person

PEOPLE = ("dora", "emil", "fata", "goran")
#: Marked names that begin, end or sound like those of PEOPLE, and are others'.
ALIKE = st.builds(
    "{}{}{} 🌻 šta kažeš?".format,
    st.sampled_from(("@", "Pitaj @", "ćao@", "🙈@", "https://a.example/@")),
    st.sampled_from(PEOPLE),
    st.sampled_from(("@other.server", ".marija", "-2", "stasia", "@example.social.rs", "ć", "")),
)
SAID = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE), st.sampled_from(("message", "comment", "answered")),
        st.text("Želim 📦 narudžbu ", min_size=1, max_size=30) | ALIKE,
        st.lists(st.sampled_from(PEOPLE), max_size=2, unique=True),
    ),
    min_size=4, max_size=10,
)  # fmt: skip


@tagged("post_install", "-at_install", "social_crm_slow")
class TestErasureProperty(ErasureCommon):
    """Whoever is erased, what the others would get as a copy of their data stays the same.

    Only where they marked who is gone, there is a placeholder for the name.
    """

    @settings(
        max_examples=6, deadline=None, derandomize=True,
        phases=[Phase.generate],  # an example takes seconds: none to make it shorter
        suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow],
    )  # fmt: skip
    @given(said=SAID, gone=st.sets(st.sampled_from(PEOPLE), min_size=1, max_size=3))
    def test_exports_of_the_others_are_unchanged(self, said, gone):
        savepoint = self.env.cr.savepoint(flush=True)
        self.talk(said)
        accounts = {
            name: found
            for name in PEOPLE
            if (found := self.env["social.crm.identity"].search(
                [("external_id", "=", f"id-{name}")]))
        }  # fmt: skip
        for name, account in accounts.items():
            know(account, self.env["res.partner"].create({"name": name, "city": "Niš"}))
        others = {name: account for name, account in accounts.items() if name not in gone}
        self.env.flush_all()
        gone &= accounts.keys()  # who was only marked, and never wrote, is no account of ours
        gone_ids = {accounts[name].id for name in gone}
        before = {name: unnamed(self.export(account), gone, gone_ids)
                  for name, account in others.items()}  # fmt: skip
        for name in gone:
            self.assertEqual(self.erase(accounts[name]).state, "done")
        self.env.invalidate_all()
        for name, account in others.items():
            self.assertEqual(self.export(account), before[name], (said, gone))
        savepoint.close(rollback=True)
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.erasures_forgotten()

    def talk(self, said):
        for number, (who, kind, text, named) in enumerate(said):
            named = [person(name) for name in named if name != who]
            facts = {
                "minutes": 20 + 3 * number,
                "text": " ".join([text, *(f"@{other.handle}" for other in named)]),
                "mentions": tuple(named),
            }
            if kind == "message":
                self.ingest(message(f"x{number}", person(who), **facts))
                continue
            self.ingest(comment(f"x{number}", person(who), "p1", **facts))
            if kind == "answered":
                self.ingest(answer(f"y{number}", f"x{number}", minutes=facts["minutes"] + 1))

    def export(self, account):
        """All a person would get, by model, whatever declares to hold something of them."""
        erasures = self.env["social.crm.erasure"]
        found = {}
        for model in erasures._erasable_models():
            records = self.env[model].with_context(active_test=False)
            rows = records.search(
                records._personal_data_domain(account, account.partner_id), order="id"
            )
            if rows:
                found[model] = rows._personal_data_export()
        return found

    def erasures_forgotten(self):
        """The log outlives the rollback: the next example begins without it."""
        self.env["social.crm.erasure"]._log_path().unlink(missing_ok=True)


def unnamed(value, gone, gone_ids):
    """An export as it is when these people are erased: marked by nobody any more."""
    if isinstance(value, str):
        for name in gone:
            value = value.replace(f"@{person(name).handle}", "[removed]")
        return value
    if isinstance(value, dict):
        return {
            key: [one for one in part if one not in gone_ids] if key == "mention_ids"
            else unnamed(part, gone, gone_ids)
            for key, part in value.items()
        }  # fmt: skip
    if isinstance(value, (list, tuple)):
        return type(value)(unnamed(part, gone, gone_ids) for part in value)
    return value
