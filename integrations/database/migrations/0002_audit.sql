-- The log that cannot be quietly changed. An entry is written with what it tells of and linked into the chain at commit: taking the
-- chain's head any earlier would hold it for the rest of the transaction and let only one transaction at a time run.

CREATE TABLE audit_entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind text NOT NULL CHECK (kind ~ '^[a-z_]+(\.[a-z_]+)+$'),
    process text NOT NULL,
    person_id bigint REFERENCES person,
    subject text NOT NULL CHECK (subject ~ '^[^[:cntrl:]]{1,200}$'),
    payload_sha256 text NOT NULL
);
CREATE INDEX audit_entry_subject ON audit_entry (subject, id);
CREATE INDEX audit_entry_at ON audit_entry (at);

-- Apart from the entry, so that it can be erased; the salt keeps what was erased from being guessed.
CREATE TABLE audit_payload (
    entry_id bigint PRIMARY KEY REFERENCES audit_entry,
    salt bytea NOT NULL CHECK (length(salt) = 16),
    body text NOT NULL CHECK (body IS JSON OBJECT)
);

CREATE TABLE audit_chain (
    seq bigint PRIMARY KEY,
    entry_id bigint NOT NULL UNIQUE REFERENCES audit_entry,
    hash text NOT NULL
);

CREATE TABLE audit_head (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    entries bigint NOT NULL,
    hash text NOT NULL
);
INSERT INTO audit_head (entries, hash) VALUES (0, repeat('0', 64));

CREATE FUNCTION process_name() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE session_user
        WHEN 'expediter_serve' THEN 'serve'
        WHEN 'expediter_worker' THEN 'worker'
        WHEN 'expediter_executor' THEN 'executor'
        ELSE 'admin'
    END
$$;

CREATE FUNCTION write_audit(kind text, subject text, payload jsonb, person_id bigint)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    salt bytea := uuid_send(gen_random_uuid());
    body text := payload::text;
    entry bigint;
BEGIN
    INSERT INTO audit_entry (kind, process, person_id, subject, payload_sha256)
    VALUES (kind, process_name(), person_id, subject, encode(sha256(salt || convert_to(body, 'UTF8')), 'hex'))
    RETURNING id INTO entry;
    INSERT INTO audit_payload (entry_id, salt, body) VALUES (entry, salt, body);
END $$;

-- What the processes call. The list is closed: a kind of a process's own could be worded like one of the database's, and whom an
-- entry names is taken from the question it is about, or a process could have anybody say anything.
CREATE FUNCTION audit(kind text, subject text, payload jsonb)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    IF kind NOT IN ('recommendation.made', 'sentence.withheld') THEN
        RAISE EXCEPTION 'Audit entries of kind % are written by the database itself, or not at all.', kind USING ERRCODE = 'EX302';
    END IF;
    PERFORM write_audit(kind, subject, payload, (
        SELECT person_id FROM inbound WHERE inbound.id = substring(subject FROM '^inbound:([1-9][0-9]{0,17})$')::bigint));
END $$;

CREATE FUNCTION audit_hash(previous text, seq bigint, entry audit_entry) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT encode(sha256(convert_to(concat_ws(E'\n',
        previous, seq, entry.id, to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        entry.kind, entry.process, coalesce(entry.person_id::text, '-'), entry.subject, entry.payload_sha256
    ), 'UTF8')), 'hex')
$$;

CREATE FUNCTION link_audit_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    head audit_head;
    linked text;
BEGIN
    SELECT * INTO STRICT head FROM audit_head FOR UPDATE;
    linked := audit_hash(head.hash, head.entries + 1, NEW);
    INSERT INTO audit_chain (seq, entry_id, hash) VALUES (head.entries + 1, NEW.id, linked);
    UPDATE audit_head SET entries = head.entries + 1, hash = linked;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER link_audit_entry AFTER INSERT ON audit_entry DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION link_audit_entry();

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit log is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME USING ERRCODE = 'EX303';
END $$;

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_chain EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR TRUNCATE ON audit_head EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR TRUNCATE ON audit_payload EXECUTE FUNCTION refuse_change();
CREATE TRIGGER refuse_quiet_erasure BEFORE DELETE ON audit_payload FOR EACH STATEMENT
    WHEN (coalesce(current_setting('expediter.erasing', true), '') <> 'yes') EXECUTE FUNCTION refuse_change();

-- Takes away what an entry says, for the owner; that it was there, when and about what stays, and the erasure is an entry itself.
CREATE FUNCTION erase(entry_seq bigint, reason text) RETURNS void LANGUAGE plpgsql SET search_path = expediter, pg_temp AS $$
DECLARE
    erased bigint;
BEGIN
    PERFORM set_config('expediter.erasing', 'yes', true);
    DELETE FROM audit_payload USING audit_chain AS link
        WHERE link.seq = entry_seq AND audit_payload.entry_id = link.entry_id RETURNING audit_payload.entry_id INTO erased;
    PERFORM set_config('expediter.erasing', '', true);
    IF erased IS NULL THEN
        RAISE EXCEPTION 'Audit entry % does not exist or was erased before.', entry_seq USING ERRCODE = 'EX304';
    END IF;
    PERFORM write_audit('payload.erased', 'audit:' || entry_seq, jsonb_build_object('reason', reason), NULL);
END $$;

CREATE FUNCTION audit_inbound() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    PERFORM write_audit('inbound.received', 'inbound:' || NEW.id, jsonb_build_object(
        'kind', NEW.kind, 'conversation', NEW.conversation_id, 'text', NEW.text), NEW.person_id);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_inbound AFTER INSERT ON inbound FOR EACH ROW EXECUTE FUNCTION audit_inbound();

-- Who may decide is decided here too: a role lent for one approval and taken back would otherwise leave no trace.
CREATE FUNCTION audit_person() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    PERFORM write_audit('person.' || TG_ARGV[0], 'person:' || NEW.handle, jsonb_build_object(
        'handle', NEW.handle, 'roles', NEW.roles, 'active', NEW.active), NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_added AFTER INSERT ON person FOR EACH ROW EXECUTE FUNCTION audit_person('added');
CREATE TRIGGER audit_changed AFTER UPDATE ON person FOR EACH ROW EXECUTE FUNCTION audit_person('changed');

CREATE FUNCTION audit_token() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    PERFORM write_audit('token.' || TG_ARGV[0], 'person:' || handle, jsonb_build_object(
        'handle', handle, 'expires_at', NEW.expires_at), NEW.person_id) FROM person WHERE id = NEW.person_id;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_issued AFTER INSERT ON person_token FOR EACH ROW EXECUTE FUNCTION audit_token('issued');
CREATE TRIGGER audit_changed AFTER UPDATE ON person_token FOR EACH ROW EXECUTE FUNCTION audit_token('changed');

GRANT SELECT ON audit_entry, audit_payload, audit_chain, audit_head TO expediter_serve, expediter_worker;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA expediter FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit(text, text, jsonb) TO expediter_serve, expediter_worker, expediter_executor;
