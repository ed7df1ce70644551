-- What became of a draft that was put into a mailbox: a person sent an answer, in its words or in others, or nobody did in time. An answer
-- that was sent so stops the clock of its thread as one that we send does. Codes as in 0004.

CREATE TABLE mail_draft_end (
    mail_id bigint PRIMARY KEY REFERENCES mail_draft,
    sent_at timestamptz,
    text text CHECK (length(text) <= 20000),
    changed_percent integer CHECK (changed_percent BETWEEN 0 AND 100),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT mail_draft_end_says_all CHECK ((sent_at IS NULL) = (text IS NULL) AND (text IS NULL) = (changed_percent IS NULL))
);
COMMENT ON COLUMN mail_draft_end.text IS 'what was sent, without quotes and signature; NULL: nobody sent anything';

ALTER TABLE mail_event ADD COLUMN draft_of bigint REFERENCES mail_draft_end, DROP CONSTRAINT mail_event_by_a_person,
    ADD CONSTRAINT mail_event_by_a_person CHECK (
        person_id IS NOT NULL OR kind = 'reopened' OR (kind = 'answered' AND (proposal_id IS NOT NULL OR draft_of IS NOT NULL)));

-- Whoever sends from the mailbox has their own clock: neither before the draft was there nor in the future.
CREATE FUNCTION check_mail_draft_end() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    saved timestamptz;
BEGIN
    SELECT at INTO saved FROM mail_draft WHERE mail_id = NEW.mail_id AND passed_over IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'No draft for M% was put into a mailbox.', NEW.mail_id USING ERRCODE = 'EX114';
    END IF;
    IF NEW.text IS NOT NULL THEN
        NEW.sent_at := least(greatest(NEW.sent_at, saved), clock_timestamp());
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_mail_draft_end BEFORE INSERT ON mail_draft_end FOR EACH ROW EXECUTE FUNCTION check_mail_draft_end();

CREATE FUNCTION note_mail_draft_end() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    IF NEW.text IS NOT NULL THEN
        INSERT INTO mail_event (mail_id, kind, draft_of) VALUES (NEW.mail_id, 'answered', NEW.mail_id);
    ELSE
        PERFORM write_audit('mail.draft_left', 'mail:' || NEW.mail_id, jsonb_build_object(
            'fingerprint', (SELECT fingerprint FROM mail WHERE id = NEW.mail_id),
            'saved_at', (SELECT at FROM mail_draft WHERE mail_id = NEW.mail_id)), NULL);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER answer_mail AFTER INSERT ON mail_draft_end FOR EACH ROW EXECUTE FUNCTION note_mail_draft_end();
CREATE TRIGGER refuse_rewriting BEFORE UPDATE OR DELETE OR TRUNCATE ON mail_draft_end EXECUTE FUNCTION refuse_rewriting();

-- As in 0042; of an answer from the mailbox both texts too.
CREATE OR REPLACE FUNCTION audit_mail_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    PERFORM refresh_mail_thread(thread_id) FROM mail_in_thread WHERE mail_id = NEW.mail_id;
    PERFORM write_audit('mail.' || NEW.kind, 'mail:' || NEW.mail_id, jsonb_strip_nulls(jsonb_build_object(
        'fingerprint', (SELECT fingerprint FROM mail WHERE id = NEW.mail_id), 'class', NEW.mail_class, 'priority', NEW.priority,
        'due_at', NEW.due_at, 'model', NEW.model, 'record_id', NEW.record_id, 'record', NEW.record_name,
        'owner', (SELECT handle FROM person WHERE id = NEW.owner_id), 'proposal', NEW.proposal_id, 'reason', NEW.reason)
        || coalesce((SELECT jsonb_build_object('draft', result->>'draft', 'sent', text, 'sent_at', sent_at, 'changed_percent', changed_percent)
            FROM mail_draft_end JOIN mail_triage USING (mail_id) WHERE mail_id = NEW.draft_of), '{}')), NEW.person_id);
    RETURN NULL;
END $$;

-- As in 0052; an answer from the mailbox covers what was read by the time it was sent.
CREATE OR REPLACE FUNCTION refresh_mail_thread(about bigint) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
    WITH said AS (
        SELECT count(*) + (SELECT count(*) FROM mail_in_thread WHERE thread_id = about) AS last_event,
            (array_agg(owner_id ORDER BY event.id DESC) FILTER (WHERE kind = 'taken'))[1] AS owner_id,
            coalesce((array_agg(kind ORDER BY event.id DESC) FILTER (WHERE kind IN ('done', 'reopened')))[1] = 'done', false) AS done,
            (array_agg(event.at ORDER BY event.id DESC) FILTER (WHERE kind = 'done'))[1] AS done_at,
            (array_agg(person_id ORDER BY event.id DESC) FILTER (WHERE kind = 'done'))[1] AS done_by,
            max(coalesce(proposal.created_at, drafted.sent_at, event.at)) FILTER (WHERE kind IN ('answered', 'done')) AS answered_at
        FROM mail_in_thread JOIN mail_event AS event USING (mail_id) LEFT JOIN proposal ON proposal.id = event.proposal_id
        LEFT JOIN mail_draft_end AS drafted ON drafted.mail_id = event.draft_of
        WHERE thread_id = about
    ), mails AS (
        SELECT known.*, made.at > coalesce((SELECT answered_at FROM said), '-infinity') AS waits
        FROM mail_in_thread JOIN known_mail AS known USING (mail_id) JOIN mail_triage AS made USING (mail_id) WHERE thread_id = about
    ), newest AS (
        SELECT * FROM mails ORDER BY mail_class = 'automated_noise', mail_id DESC LIMIT 1
    )
    UPDATE mail_thread SET
        newest_mail_id = newest.mail_id, mails = (SELECT count(*) FROM mails), mail_class = newest.mail_class,
        priority = coalesce((SELECT min(priority) FROM mails WHERE waits), newest.priority),
        needs_person = NOT said.done AND EXISTS (SELECT FROM mails WHERE waits AND needs_person),
        due_at = CASE WHEN NOT said.done THEN (SELECT min(due_at) FROM mails WHERE waits) END,
        owner_id = said.owner_id, answered_at = said.answered_at, last_event = said.last_event,
        done_at = CASE WHEN said.done THEN said.done_at END, done_by = CASE WHEN said.done THEN said.done_by END
    FROM said, newest WHERE mail_thread.id = about
$$;

REVOKE EXECUTE ON FUNCTION check_mail_draft_end(), note_mail_draft_end() FROM PUBLIC;
GRANT SELECT, INSERT (mail_id, sent_at, text, changed_percent) ON mail_draft_end TO expediter_worker;
GRANT SELECT ON mail_draft_end TO expediter_serve;
