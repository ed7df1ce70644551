-- Who may be named, and what they said. Only serve learns who holds a token.

CREATE TABLE person (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    handle text NOT NULL UNIQUE CHECK (handle ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    name text NOT NULL CHECK (name <> ''),
    email text NOT NULL,
    roles text[] NOT NULL CHECK (roles <@ ARRAY[
        'ops_agent', 'warehouse_lead', 'buyer', 'purchasing_manager', 'sales_manager', 'finance', 'ops_manager', 'auditor', 'admin'
    ]),
    demo boolean NOT NULL DEFAULT false,
    active boolean NOT NULL DEFAULT true
);

CREATE TABLE person_token (
    token_sha256 text PRIMARY KEY CHECK (token_sha256 ~ '^[0-9a-f]{64}$'),
    person_id bigint NOT NULL REFERENCES person,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);

CREATE TABLE conversation (
    id text PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 200),
    person_id bigint NOT NULL REFERENCES person,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (id, person_id)
);

-- The foreign key says that nobody speaks in someone else's conversation.
CREATE TABLE inbound (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('chat', 'undo')),
    person_id bigint NOT NULL,
    conversation_id text NOT NULL,
    text text NOT NULL CHECK (length(text) <= 20000),
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT inbound_in_own_conversation FOREIGN KEY (conversation_id, person_id) REFERENCES conversation (id, person_id)
);

CREATE TABLE answer_part (
    inbound_id bigint NOT NULL REFERENCES inbound,
    seq integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('status', 'sentence', 'final', 'failed')),
    body jsonb NOT NULL,
    released_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (inbound_id, seq)
);

CREATE FUNCTION number_answer_part() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    PERFORM FROM inbound WHERE id = NEW.inbound_id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM answer_part WHERE inbound_id = NEW.inbound_id AND kind IN ('final', 'failed')) THEN
        RAISE EXCEPTION 'The answer to question % is complete; nothing can be added to it.', NEW.inbound_id USING ERRCODE = 'EX301';
    END IF;
    NEW.seq := 1 + coalesce((SELECT max(seq) FROM answer_part WHERE inbound_id = NEW.inbound_id), 0);
    PERFORM pg_notify('expediter_answer', NEW.inbound_id::text);
    RETURN NEW;
END $$;

CREATE TRIGGER number_answer_part BEFORE INSERT ON answer_part FOR EACH ROW EXECUTE FUNCTION number_answer_part();

GRANT SELECT ON person TO expediter_serve, expediter_worker, expediter_executor;
GRANT SELECT ON person_token TO expediter_serve;
GRANT SELECT, INSERT (id, person_id) ON conversation TO expediter_serve;
GRANT SELECT ON conversation TO expediter_worker;
GRANT SELECT, INSERT (kind, person_id, conversation_id, text) ON inbound TO expediter_serve;
GRANT SELECT ON inbound TO expediter_worker;
GRANT SELECT ON answer_part TO expediter_serve;
GRANT SELECT, INSERT (inbound_id, kind, body) ON answer_part TO expediter_worker;
