-- A copied database must not be able to speak as us.
DELETE FROM social_crm_credential;
