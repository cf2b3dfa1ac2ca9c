# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""The shop's side of a conversation: an Odoo whose Mastodon account is connected."""

from .peers.demo import connect
from .waiting import wait_until

# In the order in which news and answers pass through them
JOBS = ('_cron_fetch()', '_cron_process()', '_cron_second_stage()', '_cron_send()')
FIELDS = (
    'direction', 'kind', 'mode', 'visibility', 'state', 'body', 'versions', 'external_id',
    'parent_id', 'identity_id', 'conversation_id', 'case_id', 'delivery_state', 'date')
# Everything that could be doubled by reading or sending the same thing twice
TABLES = (
    'social_crm_interaction', 'social_crm_identity', 'social_crm_conversation', 'social_crm_case',
    'social_crm_case_cycle', 'social_crm_case_response', 'social_crm_outbox', 'social_crm_event',
    'social_crm_identity_link', 'crm_lead', 'res_partner', 'mail_message')


class Shop:
    """An Odoo with one account connected, and an agent at work who also sells.

    :param OdooServer server: a running server.
    :param Account account: the account to connect.
    :param str base_url: the account's server as Odoo shall know it.
    :param connect: how an account of this network is connected.
    """

    def __init__(self, server, account, *, base_url=None, connect=connect):
        self.server = server
        self.account = account
        self.channel_id = connect(server.user(), account, base_url=base_url)
        self.agent = server.new_user(
            'agent', 'social_crm_base.group_agent', 'sales_team.group_sale_salesman')

    def work(self):
        """What the workers do in the background, done now: read, take in, second stage, send."""
        self.server.sql("""
            UPDATE social_crm_channel_sync SET next_fetch_at = NULL WHERE channel_id = %s
            """, self.channel_id)
        for job in JOBS:
            self.server.run_job(job)

    def said(self, text):
        """:return: what our channel holds with this text, as the agent sees it."""
        return self.agent.read('social.crm.interaction', [
            ('channel_id', '=', self.channel_id), ('body', 'like', text)], *FIELDS)

    def named(self, uri):
        """:return: the item with this address on the network, or None."""
        found = self.agent.read('social.crm.interaction', [('external_id', '=', uri)], *FIELDS)
        assert len(found) < 2, f'{uri} is here twice: {found}'
        return found[0] if found else None

    def wait_for(self, uri):
        """Work until the item with this address is here.

        :return: it.
        """
        def arrived():
            self.work()
            return self.named(uri)
        return wait_until(arrived, seconds=90, every=1, what=f'{uri} in Odoo')

    def wait_for_change(self, interaction, condition):
        """Work until an item fits a condition.

        :return: it, as it is then.
        """
        def changed():
            self.work()
            [found] = self.agent.read(
                'social.crm.interaction', [('id', '=', interaction['id'])], *FIELDS)
            return found if condition(found) else None
        return wait_until(changed, seconds=120, every=1, what='the change in Odoo')

    def make_lead(self, interaction):
        """Make a lead of what was said, through the dialogue.

        :return: the lead's id.
        """
        dialog = self.agent('social.crm.interaction', 'action_create_lead', [interaction['id']])
        opened = self.agent(dialog['res_model'], 'action_confirm', [dialog['res_id']])
        return opened['res_id']

    def queue_answer(self, interaction, text):
        """Answer something through the composer; the workers have yet to send it."""
        action = self.agent('social.crm.interaction', 'action_reply', [interaction['id']])
        reply = self.agent(action['res_model'], 'create', {'body': text}, context=action['context'])
        self.agent(action['res_model'], 'action_send', [reply])

    def answer(self, interaction, text):
        """Answer something, and let the workers send it.

        :return: the id of our own interaction.
        """
        self.queue_answer(interaction, text)
        self.server.run_job('_cron_send()')
        [said] = self.said(text)
        return said['id']

    def rows(self):
        """:return: ids of everything stored, by table."""
        return {table: [row[0] for row in self.server.sql(f'SELECT id FROM {table} ORDER BY id')]
                for table in TABLES}
