-- A picture is drawn when it is sent: the row says of what, and no bytes are stored.

ALTER TABLE slack_outbox DROP CONSTRAINT slack_outbox_method_check;
ALTER TABLE slack_outbox ADD CONSTRAINT slack_outbox_method_check
    CHECK (method IN ('message', 'private', 'home', 'respond', 'prompts', 'title', 'picture'));
