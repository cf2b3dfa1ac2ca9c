# Part of Social CRM. See LICENSE file for full copyright and licensing details.
"""An Odoo connected to a network by what a person types into the connect dialogue."""

from .shop import FIELDS, Shop


class TypedShop(Shop):
    """As :class:`Shop`, for networks that ask for a server's address and for credentials.

    :param OdooServer server: a running server.
    :param str network: the platform's code.
    :param str base_url: the address as a person types it.
    :param dict typed: credential kind to value.
    """

    def __init__(self, server, network, base_url, typed):
        self.server = server
        self.channel_id = connect_typed(server.user(), network, base_url, typed)
        self.agent = server.new_user(
            'agent', 'social_crm_base.group_team_leader', 'sales_team.group_sale_salesman')

    def item(self, family, number):
        """:return: what our channel holds of this item, or None."""
        found = self.agent.read('social.crm.interaction', [
            ('channel_id', '=', self.channel_id), ('family', '=', family),
            ('external_id', '=', str(number))], 'permalink', 'title', *FIELDS)
        assert len(found) < 2, f'{family} {number} is here twice: {found}'
        return found[0] if found else None

    def look_again(self):
        """Make due what is looked at again only every few minutes, and work."""
        self.server.sql("""
            UPDATE social_crm_channel_sync SET cursor = (cursor::jsonb - 'round')::json
             WHERE channel_id = %s""", self.channel_id)
        self.work()

    def moderate(self, interaction, operation):
        """Press a key of the inbox, and let the workers do it."""
        self.agent('social.crm.interaction', 'action_moderate', [interaction['id']], operation)
        self.server.run_job('_cron_send()')

    def outbox(self, interaction_id):
        """:return: state of the last sending of an item."""
        return self.server.sql("""
            SELECT state FROM social_crm_outbox WHERE interaction_id = %s ORDER BY id DESC LIMIT 1
            """, interaction_id)[0][0]

    def send_again(self):
        """Make due what waits before it is tried again, and send."""
        self.server.sql("""
            UPDATE social_crm_outbox SET not_before = now() AT TIME ZONE 'UTC' - interval '1 minute'
             WHERE not_before IS NOT NULL""")
        self.server.sql('UPDATE social_crm_channel_sync SET send_not_before = NULL')
        self.server.run_job('_cron_send()')


def connect_typed(session, network, base_url, typed):
    """Go through the dialogue as a manager does.

    :return: the channel's id.
    :rtype: int
    """
    [platform] = session('social.crm.platform', 'search', [('code', '=', network)])
    wizard = session('social.crm.connect', 'create', {
        'platform_id': platform, 'base_url': base_url})
    session('social.crm.connect', 'action_continue', [wizard])
    for line in session.read('social.crm.connect.secret', [('connect_id', '=', wizard)], 'kind'):
        if line['kind'] in typed:
            session('social.crm.connect.secret', 'write', [line['id']], {
                'value': typed[line['kind']]})
    return session('social.crm.connect', 'action_credentials', [wizard])['res_id']
