-- Slack: what it delivered, each once; whose account is whose; what is to be shown there. Codes as in 0004.

-- A delivery is stored before it is acknowledged; serve works on it afterwards, also after it was killed in between.
CREATE TABLE slack_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('event', 'command', 'click')),
    body text NOT NULL CHECK (length(body) <= 60000),
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    tries smallint NOT NULL DEFAULT 0,
    not_before timestamptz NOT NULL DEFAULT clock_timestamp(),
    handled_at timestamptz,
    outcome text CHECK (length(outcome) <= 500),
    CHECK ((handled_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX slack_event_waiting ON slack_event (id) WHERE handled_at IS NULL;
COMMENT ON COLUMN slack_event.body IS 'emptied when it was handled: what people wrote stands in inbound alone';

-- One delivery has several names: Slack sends a mention as two events, and repeats what it thinks was not received.
CREATE TABLE slack_seen (
    identity text PRIMARY KEY CHECK (length(identity) BETWEEN 1 AND 300),
    event_id bigint NOT NULL REFERENCES slack_event
);
CREATE INDEX slack_seen_event ON slack_seen (event_id);

-- Which account is which person's. Serve alone says so: a worker that could, could decide in other names.
CREATE TABLE slack_link (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    team text NOT NULL CHECK (team ~ '^[TE][A-Z0-9]{2,30}$'),
    slack_user text NOT NULL CHECK (slack_user ~ '^[UW][A-Z0-9]{2,30}$'),
    person_id bigint NOT NULL REFERENCES person,
    email text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    verified_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    confirmed_at timestamptz,
    ended_at timestamptz,
    ended_why text CHECK (length(ended_why) <= 500),
    CHECK ((ended_at IS NULL) = (ended_why IS NULL))
);
CREATE UNIQUE INDEX slack_link_one_an_account ON slack_link (team, slack_user) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX slack_link_one_a_person ON slack_link (team, person_id) WHERE ended_at IS NULL;

CREATE FUNCTION check_slack_link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.ended_at IS NOT NULL OR OLD.confirmed_at IS NOT NULL AND NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at) THEN
        RAISE EXCEPTION 'What was said of a linked account is not changed afterwards.' USING ERRCODE = 'EX150';
    ELSIF NEW.ended_at IS NULL AND (SELECT array_agg(id) FROM person
            WHERE active AND email <> '' AND lower(email) = lower(NEW.email)) IS DISTINCT FROM ARRAY[NEW.person_id] THEN
        RAISE EXCEPTION 'The address % is not that of exactly one active person.', NEW.email USING ERRCODE = 'EX151';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_slack_link BEFORE INSERT OR UPDATE ON slack_link FOR EACH ROW EXECUTE FUNCTION check_slack_link();

CREATE FUNCTION audit_slack_link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    what text := CASE WHEN TG_OP = 'INSERT' THEN 'account.linked' WHEN NEW.ended_at IS NOT NULL THEN 'account.unlinked'
        WHEN OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL THEN 'account.confirmed' END;
BEGIN
    IF what IS NOT NULL THEN
        PERFORM write_audit(what, 'person:' || NEW.person_id, jsonb_build_object(
            'handle', handle, 'slack_user', NEW.slack_user, 'team', NEW.team, 'why', NEW.ended_why), NEW.person_id)
            FROM person WHERE id = NEW.person_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_slack_link AFTER INSERT OR UPDATE ON slack_link FOR EACH ROW EXECUTE FUNCTION audit_slack_link();

-- Where the answer to a question is to be shown.
CREATE TABLE slack_question (
    inbound_id bigint PRIMARY KEY REFERENCES inbound,
    team text NOT NULL,
    slack_user text NOT NULL,
    channel text NOT NULL,
    thread_ts text NOT NULL,
    private boolean NOT NULL DEFAULT false
);
COMMENT ON COLUMN slack_question.private IS 'not everybody in the channel may see what whoever asked may';

-- How far it is shown. A row without an end is what the sender works on, also after it was killed.
CREATE TABLE slack_answer (
    inbound_id bigint PRIMARY KEY REFERENCES slack_question,
    ts text,
    streaming boolean NOT NULL DEFAULT false,
    shown_seq integer NOT NULL DEFAULT 0,
    tries smallint NOT NULL DEFAULT 0,
    ended_at timestamptz,
    outcome text CHECK (length(outcome) <= 500),
    CHECK ((ended_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX slack_answer_open ON slack_answer (inbound_id) WHERE ended_at IS NULL;

CREATE FUNCTION expect_slack_answer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    INSERT INTO slack_answer (inbound_id) VALUES (NEW.inbound_id);
    RETURN NULL;
END $$;
CREATE TRIGGER expect_slack_answer AFTER INSERT ON slack_question FOR EACH ROW EXECUTE FUNCTION expect_slack_answer();

-- What is to be sent. Rows with one key are versions of one message: the newest is shown in its place, those before it are passed over.
CREATE TABLE slack_outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    method text NOT NULL CHECK (method IN ('message', 'private', 'home', 'respond', 'prompts', 'title')),
    key text CHECK (length(key) BETWEEN 1 AND 200),
    channel text NOT NULL CHECK (length(channel) <= 300),
    thread_key text CHECK (length(thread_key) <= 200),
    dedupe text UNIQUE CHECK (length(dedupe) BETWEEN 1 AND 200),
    payload text NOT NULL CHECK (length(payload) <= 200000),
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    made_by name NOT NULL DEFAULT current_user,
    not_before timestamptz NOT NULL DEFAULT clock_timestamp(),
    ts text,
    ended_at timestamptz,
    outcome text CHECK (outcome IN ('sent', 'superseded', 'failed', 'unknown')),
    detail text CHECK (length(detail) <= 500),
    CHECK ((ended_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX slack_outbox_waiting ON slack_outbox (id) WHERE ended_at IS NULL;
CREATE INDEX slack_outbox_key ON slack_outbox (key, channel, id) WHERE key IS NOT NULL;
COMMENT ON COLUMN slack_outbox.payload IS 'emptied when it was sent; the hash stays';

CREATE FUNCTION keep_slack_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL THEN
        RAISE EXCEPTION 'Message % is settled already (%).', OLD.id, OLD.outcome USING ERRCODE = 'EX152';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_slack_outbox BEFORE UPDATE ON slack_outbox FOR EACH ROW EXECUTE FUNCTION keep_slack_outbox();

-- Written before each try, so that after a crash it is known that a message may exist already.
CREATE TABLE slack_attempt (
    outbox_id bigint NOT NULL REFERENCES slack_outbox,
    number smallint NOT NULL CHECK (number >= 1),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (outbox_id, number)
);

-- One worker sends at a time: the limits of a channel are counted in one place. Not an advisory lock: those are open to every role.
CREATE TABLE slack_sender (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    holder text NOT NULL,
    until timestamptz NOT NULL
);
INSERT INTO slack_sender (holder, until) VALUES ('', '-infinity');

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA expediter FROM PUBLIC;
GRANT SELECT, INSERT (kind, body), UPDATE (body, tries, not_before, handled_at, outcome) ON slack_event TO expediter_serve;
GRANT SELECT, INSERT ON slack_seen TO expediter_serve;
GRANT SELECT, INSERT (team, slack_user, person_id, email), UPDATE (verified_at, confirmed_at, ended_at, ended_why) ON slack_link
    TO expediter_serve;
GRANT SELECT ON slack_link TO expediter_worker;
GRANT SELECT, INSERT ON slack_question TO expediter_serve;
GRANT SELECT ON slack_question TO expediter_worker;
GRANT SELECT, UPDATE (ts, streaming, shown_seq, tries, ended_at, outcome) ON slack_answer TO expediter_worker;
GRANT SELECT, INSERT (method, key, channel, thread_key, dedupe, payload, sha256, not_before) ON slack_outbox
    TO expediter_serve, expediter_worker;
GRANT UPDATE (payload, not_before, ts, ended_at, outcome, detail) ON slack_outbox TO expediter_worker;
GRANT SELECT, INSERT (outbox_id, number) ON slack_attempt TO expediter_worker;
GRANT SELECT, UPDATE (holder, until) ON slack_sender TO expediter_worker;
