-- A copied database must not read, answer or publish anything on a network.
UPDATE social_crm_channel SET is_connected = false;
UPDATE social_crm_app SET webhook_token = md5(random()::text || id), webhook_token_hash = md5(random()::text || id);
UPDATE social_crm_channel_sync SET health_level = 'yellow', health_message = 'Neutralized copy', next_fetch_at = NULL;
UPDATE social_crm_outbox SET state = 'cancelled' WHERE state IN ('held', 'queued', 'sending', 'unknown');
UPDATE ir_cron SET active = false
 WHERE ir_actions_server_id IN (
       SELECT a.id FROM ir_act_server a JOIN ir_model m ON m.id = a.model_id
        WHERE m.model IN ('social.crm.event', 'social.crm.outbox', 'social.crm.channel',
                          'social.crm.metric'));
