-- A copy has its own erasure log, or none: it must not take the other's for lost.
UPDATE ir_config_parameter SET value = '0' WHERE key = 'social_crm.erasure_sequence';
