-- The executor learns of a mail what answering takes, and not how its text begins.
REVOKE SELECT ON mail_triage FROM expediter_executor;
GRANT SELECT (mail_id, mail_class, result) ON mail_triage TO expediter_executor;
