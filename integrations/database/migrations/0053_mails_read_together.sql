-- Mails that nobody read yet, so that the next ones are found without passing over all that was ever read; and whoever reads takes
-- several at once, with one commit for all.

CREATE TABLE mail_unread (
    mail_id bigint PRIMARY KEY REFERENCES mail,
    bytes integer NOT NULL
);
INSERT INTO mail_unread SELECT id, coalesce(octet_length(raw), 0) FROM mail
    WHERE NOT EXISTS (SELECT FROM mail_triage WHERE mail_id = mail.id);

CREATE FUNCTION note_unread_mail() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    INSERT INTO mail_unread VALUES (NEW.id, coalesce(octet_length(NEW.raw), 0));
    RETURN NULL;
END $$;
CREATE TRIGGER note_unread AFTER INSERT ON mail FOR EACH ROW EXECUTE FUNCTION note_unread_mail();

CREATE FUNCTION note_read_mail() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    DELETE FROM mail_unread WHERE mail_id = NEW.mail_id;
    DELETE FROM inbox_pause;
    RETURN NULL;
END $$;
CREATE TRIGGER note_read AFTER INSERT ON mail_triage FOR EACH ROW EXECUTE FUNCTION note_read_mail();

-- The oldest ones, held until the transaction ends, also by dying: whoever takes the next ones passes over what another holds. A mail
-- whose reading was begun before is taken alone: it may be the one that whoever read it died of.
DROP FUNCTION claim_mail();
CREATE FUNCTION claim_mails(most integer, most_bytes integer) RETURNS SETOF bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    one mail_unread;
    total bigint;
BEGIN
    SELECT * INTO one FROM mail_unread ORDER BY mail_id LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    RETURN NEXT one.mail_id;
    total := one.bytes;
    IF EXISTS (SELECT FROM mail_attempt WHERE mail_attempt.mail_id = one.mail_id AND NOT waited) THEN
        RETURN;
    END IF;
    FOR one IN SELECT * FROM mail_unread AS next
        WHERE next.mail_id > one.mail_id AND NOT EXISTS (SELECT FROM mail_attempt WHERE mail_attempt.mail_id = next.mail_id AND NOT waited)
        ORDER BY next.mail_id LIMIT most - 1 FOR UPDATE SKIP LOCKED
    LOOP
        total := total + one.bytes;
        EXIT WHEN total > most_bytes;
        RETURN NEXT one.mail_id;
    END LOOP;
END $$;

-- Whoever says something of a thread locks it before the end of the audit log. Who keeps what several mails are takes that end with the
-- first of them, so the threads of all come before it.
CREATE FUNCTION hold_threads(names text[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    PERFORM FROM mail_thread_turn FOR UPDATE;
    PERFORM FROM mail_thread WHERE id IN (SELECT thread_id FROM mail_in_thread WHERE mail_id IN (
        SELECT id FROM mail WHERE message_id = ANY(names) UNION SELECT mail_id FROM mail_names WHERE message_id = ANY(names)))
        ORDER BY id FOR NO KEY UPDATE;
END $$;

REVOKE EXECUTE ON FUNCTION hold_threads(text[]), claim_mails(integer, integer), note_unread_mail(), note_read_mail() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hold_threads(text[]), claim_mails(integer, integer) TO expediter_worker;
