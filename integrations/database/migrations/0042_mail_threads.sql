-- Mails that answer one another are a thread: owned, answered and handled as one. What people say of a mail is only ever added; how a
-- thread stands is worked out from that by the database, and no process writes it. Codes as in 0004.

ALTER TABLE inbound DROP CONSTRAINT inbound_kind_check;
ALTER TABLE inbound ADD CONSTRAINT inbound_kind_check CHECK (
    kind IN ('chat', 'undo', 'propose', 'edit', 'policy', 'dry_run', 'reply', 'mail_link', 'mail_follow'));

ALTER TABLE mail_triage ADD COLUMN due_at timestamptz, ADD COLUMN said text NOT NULL DEFAULT '' CHECK (length(said) <= 4000);
COMMENT ON COLUMN mail_triage.due_at IS 'until when somebody should answer; NULL: nobody waits';
COMMENT ON COLUMN mail_triage.said IS 'the beginning of its text, for whoever works on it';

-- An attempt that ended because the ERP was away says nothing against the mail.
ALTER TABLE mail_attempt ADD COLUMN waited boolean NOT NULL DEFAULT false;

-- One row while nothing is read because the ERP is away.
CREATE TABLE inbox_pause (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    since timestamptz NOT NULL DEFAULT clock_timestamp(),
    why text NOT NULL
);

CREATE TABLE mail_thread (
    id bigint PRIMARY KEY REFERENCES mail,
    newest_mail_id bigint NOT NULL REFERENCES mail,
    mails integer NOT NULL DEFAULT 1,
    mail_class text NOT NULL DEFAULT 'other',
    priority text NOT NULL DEFAULT 'P3',
    needs_person boolean NOT NULL DEFAULT false,
    owner_id bigint REFERENCES person,
    answered_at timestamptz,
    due_at timestamptz,
    done_at timestamptz,
    done_by bigint REFERENCES person,
    last_event bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE mail_thread IS 'worked out by refresh_mail_thread; its id is that of its first mail';
CREATE INDEX mail_thread_open ON mail_thread (priority, id) WHERE done_at IS NULL;
CREATE INDEX mail_thread_due ON mail_thread (due_at) WHERE done_at IS NULL;

CREATE TABLE mail_in_thread (
    mail_id bigint PRIMARY KEY REFERENCES mail,
    thread_id bigint NOT NULL REFERENCES mail_thread
);
CREATE INDEX mail_in_thread_of ON mail_in_thread (thread_id);

-- The Message-IDs that a mail names: in References, In-Reply-To, or in what it quotes.
CREATE TABLE mail_names (
    message_id text NOT NULL,
    mail_id bigint NOT NULL REFERENCES mail,
    PRIMARY KEY (message_id, mail_id)
);

-- What two readers of mails of one thread take turns for.
CREATE TABLE mail_thread_turn (one boolean PRIMARY KEY DEFAULT true CHECK (one));
INSERT INTO mail_thread_turn DEFAULT VALUES;

CREATE TABLE mail_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    mail_id bigint NOT NULL REFERENCES mail,
    kind text NOT NULL,
    person_id bigint REFERENCES person,
    inbound_id bigint UNIQUE REFERENCES inbound,
    proposal_id bigint REFERENCES proposal,
    seen bigint,
    mail_class text CHECK (mail_class ~ '^[a-z_]{3,40}$'),
    priority text CHECK (priority ~ '^P[1-5]$'),
    due_at timestamptz,
    model text,
    record_id bigint,
    record_name text,
    owner_id bigint REFERENCES person,
    reason text NOT NULL DEFAULT '' CONSTRAINT mail_event_reason_check CHECK (length(reason) <= 2000),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT mail_event_kind_check CHECK (
        kind IN ('corrected', 'linked', 'unlinked', 'taken', 'answered', 'done', 'reopened')),
    CONSTRAINT mail_event_by_a_person CHECK (person_id IS NOT NULL OR kind = 'reopened' OR (kind = 'answered' AND proposal_id IS NOT NULL)),
    CONSTRAINT mail_event_says_what CHECK (
        (kind = 'corrected') = (mail_class IS NOT NULL OR priority IS NOT NULL) AND (kind = 'taken') = (owner_id IS NOT NULL)
        AND (kind IN ('linked', 'unlinked')) = (model IS NOT NULL AND record_id IS NOT NULL AND record_name IS NOT NULL)
        AND (kind = 'linked') = (inbound_id IS NOT NULL) AND (due_at IS NULL OR priority IS NOT NULL))
);
COMMENT ON COLUMN mail_event.seen IS 'last_event of the thread as it was shown to the person; NULL: they were shown nothing';
CREATE INDEX mail_event_of ON mail_event (mail_id, id);
CREATE INDEX mail_event_taught ON mail_event (id) WHERE mail_class IS NOT NULL;

-- What was read before there were threads is a thread each.
INSERT INTO mail_thread (id, newest_mail_id, mail_class, priority, needs_person)
SELECT mail_id, mail_id, mail_class, priority, needs_person FROM mail_triage;
INSERT INTO mail_in_thread SELECT mail_id, mail_id FROM mail_triage;

-- What people made of what triage made of a mail.
CREATE VIEW known_mail AS
SELECT triage.mail_id, coalesce(classed.mail_class, triage.mail_class) AS mail_class,
    coalesce(ranked.priority, triage.priority) AS priority,
    CASE WHEN ranked.priority IS NULL THEN triage.due_at ELSE ranked.due_at END AS due_at,
    triage.needs_person AND NOT EXISTS (
        SELECT FROM mail_event WHERE mail_event.mail_id = triage.mail_id AND kind IN ('corrected', 'linked', 'unlinked')) AS needs_person
FROM mail_triage AS triage
LEFT JOIN LATERAL (SELECT mail_class FROM mail_event AS event WHERE event.mail_id = triage.mail_id AND mail_class IS NOT NULL
    ORDER BY id DESC LIMIT 1) AS classed ON true
LEFT JOIN LATERAL (SELECT priority, due_at FROM mail_event AS event WHERE event.mail_id = triage.mail_id AND priority IS NOT NULL
    ORDER BY id DESC LIMIT 1) AS ranked ON true;

-- A mail waits when it came after the last answer. What a machine sends does not speak for its thread unless nothing else is in it.
CREATE FUNCTION refresh_mail_thread(about bigint) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
    WITH said AS (
        SELECT coalesce(max(event.id), 0) AS last_event,
            (array_agg(owner_id ORDER BY event.id DESC) FILTER (WHERE kind = 'taken'))[1] AS owner_id,
            coalesce((array_agg(kind ORDER BY event.id DESC) FILTER (WHERE kind IN ('done', 'reopened')))[1] = 'done', false) AS done,
            (array_agg(event.at ORDER BY event.id DESC) FILTER (WHERE kind = 'done'))[1] AS done_at,
            (array_agg(person_id ORDER BY event.id DESC) FILTER (WHERE kind = 'done'))[1] AS done_by,
            max(event.at) FILTER (WHERE kind IN ('answered', 'done')) AS answered_at
        FROM mail_in_thread JOIN mail_event AS event USING (mail_id) WHERE thread_id = about
    ), mails AS (
        SELECT known.*, received_at > coalesce((SELECT answered_at FROM said), '-infinity') AS waits
        FROM mail_in_thread JOIN known_mail AS known USING (mail_id) JOIN mail ON mail.id = mail_id WHERE thread_id = about
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

-- The thread of a mail that is being read, and how many of its mails wait already. Whoever reads another mail waits its turn.
CREATE FUNCTION put_in_thread(about bigint, names text[], OUT thread bigint, OUT waiting bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    PERFORM FROM mail_thread_turn FOR UPDATE;
    SELECT min(thread_id) INTO thread FROM mail_in_thread WHERE mail_id <> about AND mail_id IN (
        SELECT id FROM mail WHERE message_id = ANY(names) UNION SELECT mail_id FROM mail_names WHERE message_id = ANY(names));
    INSERT INTO mail_names SELECT DISTINCT name, about FROM unnest(names) AS name ON CONFLICT DO NOTHING;
    IF thread IS NULL THEN
        thread := about;
        INSERT INTO mail_thread (id, newest_mail_id) VALUES (about, about);
    END IF;
    INSERT INTO mail_in_thread VALUES (about, thread);
    SELECT count(*) INTO waiting FROM mail_in_thread JOIN mail ON mail.id = mail_id JOIN mail_triage USING (mail_id)
        WHERE thread_id = thread AND mail_id <> about AND NOT coalesce((result->>'automatic')::boolean, false)
            AND received_at > coalesce((SELECT answered_at FROM mail_thread WHERE id = thread), '-infinity');
END $$;

-- A new mail of a thread that was done brings it back.
CREATE FUNCTION reopen_thread(about bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM mail_thread JOIN mail_in_thread ON thread_id = mail_thread.id WHERE mail_id = about AND done_at IS NOT NULL) THEN
        INSERT INTO mail_event (mail_id, kind, reason) VALUES (about, 'reopened', 'Another mail of the same thread came.');
    END IF;
END $$;

CREATE FUNCTION thread_a_mail() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM mail_in_thread WHERE mail_id = NEW.mail_id) THEN
        PERFORM put_in_thread(NEW.mail_id, ARRAY[]::text[]);
    END IF;
    PERFORM refresh_mail_thread(thread_id) FROM mail_in_thread WHERE mail_id = NEW.mail_id;
    RETURN NULL;
END $$;
-- Whoever says something of a thread locks it before the end of the audit log; what is read or sent has to take both in the same order, or
-- they wait for one another. Triggers fire in the order of their names: this one and `answer_mail` come before those that audit.
CREATE TRIGGER allot_thread AFTER INSERT ON mail_triage FOR EACH ROW EXECUTE FUNCTION thread_a_mail();

-- With one of these, or from a sender who is forged, nothing is linked, by nobody.
CREATE FUNCTION mail_is_suspicious(result jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN coalesce(result->'flags' ?| ARRAY['bank_change', 'bank_account', 'injection_text', 'lookalike_domain', 'phishing', 'msgid_collision'], false)
    OR coalesce(result->>'trust' = 'fail', false)
    OR (coalesce(result->'flags' ? 'hidden_text', false) AND NOT coalesce((result->>'automatic')::boolean, false));

-- Words about one thread take turns: whoever was shown less than what is there now looks again.
CREATE FUNCTION check_mail_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    about mail_thread;
    made mail_triage;
    known known_mail;
BEGIN
    SELECT mail_thread.* INTO about FROM mail_thread JOIN mail_in_thread ON thread_id = mail_thread.id
        WHERE mail_id = NEW.mail_id FOR NO KEY UPDATE OF mail_thread;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'M% was not read yet; look again when it was.', NEW.mail_id USING ERRCODE = 'EX110';
    END IF;
    NEW.at := clock_timestamp();
    IF NEW.kind = 'linked' THEN
        SELECT person_id INTO NEW.person_id FROM inbound WHERE id = NEW.inbound_id AND kind = 'mail_link'
            AND (text::jsonb->>'mail')::bigint = NEW.mail_id;
    END IF;
    IF NEW.person_id IS NULL THEN
        RETURN NEW;  -- the table's check says which kinds nobody says
    END IF;
    SELECT * INTO made FROM mail_triage WHERE mail_id = NEW.mail_id;
    SELECT * INTO known FROM known_mail WHERE mail_id = NEW.mail_id;
    IF NOT EXISTS (SELECT FROM person WHERE id = NEW.person_id AND active) THEN
        RAISE EXCEPTION 'Only an active person can say something about M%.', NEW.mail_id USING ERRCODE = 'EX320';
    ELSIF NEW.seen <> about.last_event THEN
        RAISE EXCEPTION 'Somebody has worked on M% since you saw it; look at it again.', NEW.mail_id USING ERRCODE = 'EX202';
    ELSIF NEW.kind = 'corrected' AND coalesce(NEW.mail_class, known.mail_class) = known.mail_class
        AND coalesce(NEW.priority, known.priority) = known.priority THEN
        RAISE EXCEPTION 'M% is called % of % already.', NEW.mail_id, known.mail_class, known.priority USING ERRCODE = 'EX111';
    ELSIF NEW.kind = 'linked' AND mail_is_suspicious(made.result) THEN
        RAISE EXCEPTION 'M% is suspicious; such a mail is linked to nothing, by nobody. Enter what is right in the ERP itself.', NEW.mail_id
            USING ERRCODE = 'EX112';
    ELSIF NEW.owner_id IS NOT NULL AND NOT EXISTS (SELECT FROM person WHERE id = NEW.owner_id AND active) THEN
        RAISE EXCEPTION 'Only an active person can take care of M%.', NEW.mail_id USING ERRCODE = 'EX113';
    ELSIF NEW.kind IN ('done', 'taken', 'answered') AND about.done_at IS NOT NULL THEN
        RAISE EXCEPTION 'M% is done since %; reopen it first.', NEW.mail_id,
            to_char(about.done_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') USING ERRCODE = 'EX221';
    ELSIF NEW.kind = 'reopened' AND about.done_at IS NULL THEN
        RAISE EXCEPTION 'M% is open already.', NEW.mail_id USING ERRCODE = 'EX222';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_mail_event BEFORE INSERT ON mail_event FOR EACH ROW EXECUTE FUNCTION check_mail_event();

CREATE FUNCTION audit_mail_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    PERFORM refresh_mail_thread(thread_id) FROM mail_in_thread WHERE mail_id = NEW.mail_id;
    PERFORM write_audit('mail.' || NEW.kind, 'mail:' || NEW.mail_id, jsonb_strip_nulls(jsonb_build_object(
        'fingerprint', (SELECT fingerprint FROM mail WHERE id = NEW.mail_id), 'class', NEW.mail_class, 'priority', NEW.priority,
        'due_at', NEW.due_at, 'model', NEW.model, 'record_id', NEW.record_id, 'record', NEW.record_name,
        'owner', (SELECT handle FROM person WHERE id = NEW.owner_id), 'proposal', NEW.proposal_id, 'reason', NEW.reason)), NEW.person_id);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_mail_event AFTER INSERT ON mail_event FOR EACH ROW EXECUTE FUNCTION audit_mail_event();
CREATE TRIGGER refuse_rewriting BEFORE UPDATE OR DELETE OR TRUNCATE ON mail_event EXECUTE FUNCTION refuse_rewriting();

-- A reply that went out is an answer.
CREATE FUNCTION note_mail_answered() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    INSERT INTO mail_event (mail_id, kind, proposal_id)
    SELECT mail_in_thread.mail_id, 'answered', proposal.id FROM execution JOIN proposal ON proposal.id = execution.proposal_id
        JOIN mail_in_thread ON mail_in_thread.mail_id = proposal.subject_id
        WHERE execution.id = NEW.execution_id AND action = 'reply_to_mail' AND subject_model = 'mail';
    RETURN NULL;
END $$;
CREATE TRIGGER answer_mail AFTER INSERT ON execution_outcome FOR EACH ROW
    WHEN (NEW.outcome = 'done') EXECUTE FUNCTION note_mail_answered();
CREATE TRIGGER answer_mail AFTER INSERT ON execution_resolution FOR EACH ROW
    WHEN (NEW.took_effect) EXECUTE FUNCTION note_mail_answered();

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA expediter FROM PUBLIC;
GRANT EXECUTE ON FUNCTION put_in_thread(bigint, text[]), reopen_thread(bigint), mail_is_suspicious(jsonb) TO expediter_worker;

GRANT INSERT (due_at, said) ON mail_triage TO expediter_worker;
GRANT UPDATE (waited) ON mail_attempt TO expediter_worker;
GRANT SELECT, INSERT (why), DELETE ON inbox_pause TO expediter_worker;
GRANT SELECT ON inbox_pause TO expediter_serve;
GRANT SELECT ON mail_thread, mail_in_thread, mail_event, known_mail TO expediter_serve, expediter_worker;
GRANT SELECT ON mail_names TO expediter_worker;
-- By these columns and the table's check, neither can say what the other says; who linked a mail is taken from what they asked.
GRANT INSERT (mail_id, kind, inbound_id, seen, model, record_id, record_name, reason) ON mail_event TO expediter_worker;
GRANT INSERT (mail_id, kind, person_id, seen, mail_class, priority, due_at, model, record_id, record_name, owner_id, reason) ON mail_event
    TO expediter_serve;
