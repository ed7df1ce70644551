-- The shared inbox. A mail is what it says (its fingerprint), wherever and however often it lies in a mailbox; it is taken in once and
-- read once. Nothing here is ever changed but where a mailbox was last looked into, and which copies it shows as read.

CREATE TABLE mailbox (
    name text PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 320),
    cursor text NOT NULL,
    looked_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE mail (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    fingerprint text NOT NULL CHECK (fingerprint ~ '^[0-9a-f]{64}$'),
    mailbox text NOT NULL,
    authserv text,
    message_id text,
    sender text NOT NULL,
    subject text NOT NULL,
    sent_at timestamptz,
    raw bytea,
    head bytea NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT mail_is_what_it_says UNIQUE (fingerprint)
);
COMMENT ON COLUMN mail.raw IS 'NULL: it was too large to be taken in';
CREATE INDEX mail_message_id ON mail (message_id);

CREATE TABLE mail_copy (
    mailbox text NOT NULL,
    key text NOT NULL,
    mail_id bigint NOT NULL REFERENCES mail,
    marked_at timestamptz,
    PRIMARY KEY (mailbox, key)
);
CREATE INDEX mail_copy_of ON mail_copy (mail_id);
CREATE INDEX mail_copy_unmarked ON mail_copy (mailbox) WHERE marked_at IS NULL;

-- Reading was begun: a mail that kills whoever reads it is given to a person in the end.
CREATE TABLE mail_attempt (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    mail_id bigint NOT NULL REFERENCES mail,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX mail_attempt_of ON mail_attempt (mail_id);

CREATE TABLE mail_triage (
    mail_id bigint PRIMARY KEY REFERENCES mail,
    mail_class text NOT NULL,
    priority text NOT NULL CHECK (priority ~ '^P[1-5]$'),
    needs_person boolean NOT NULL,
    result jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX mail_triage_urgent ON mail_triage (priority, mail_id) WHERE needs_person;

CREATE FUNCTION audit_mail_triage() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    PERFORM write_audit('mail.triaged', 'mail:' || NEW.mail_id, NEW.result || jsonb_build_object(
        'fingerprint', (SELECT fingerprint FROM mail WHERE id = NEW.mail_id)), NULL);
    RETURN NEW;
END $$;
CREATE TRIGGER audit_mail_triage AFTER INSERT ON mail_triage FOR EACH ROW EXECUTE FUNCTION audit_mail_triage();

-- Held until the transaction ends, also by dying: whoever takes the next mail passes over what another holds. What another read between
-- our looking and our locking is seen by looking again.
CREATE FUNCTION claim_mail() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    claimed bigint;
BEGIN
    LOOP
        SELECT id INTO claimed FROM mail WHERE NOT EXISTS (SELECT FROM mail_triage WHERE mail_id = mail.id)
            ORDER BY id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
        EXIT WHEN claimed IS NULL OR NOT EXISTS (SELECT FROM mail_triage WHERE mail_id = claimed);
    END LOOP;
    RETURN claimed;
END $$;
REVOKE EXECUTE ON FUNCTION claim_mail(), audit_mail_triage() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION claim_mail() TO expediter_worker;

GRANT SELECT, INSERT (name, cursor), UPDATE (cursor, looked_at) ON mailbox TO expediter_worker;
GRANT SELECT, INSERT (fingerprint, mailbox, authserv, message_id, sender, subject, sent_at, raw, head) ON mail TO expediter_worker;
GRANT SELECT, INSERT (mailbox, key, mail_id), UPDATE (marked_at) ON mail_copy TO expediter_worker;
GRANT SELECT, INSERT (mail_id) ON mail_attempt TO expediter_worker;
GRANT SELECT, INSERT (mail_id, mail_class, priority, needs_person, result) ON mail_triage TO expediter_worker;
-- Who shows the inbox sees what was made of a mail, not the mail.
GRANT SELECT (id, mailbox, sender, subject, sent_at, received_at) ON mail TO expediter_serve;
GRANT SELECT ON mailbox, mail_triage TO expediter_serve;
