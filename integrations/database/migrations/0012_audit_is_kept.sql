-- Keeping the log: points that are signed and stored elsewhere, payloads that end after their time, and people who are forgotten.

-- What an entry is about cannot be erased, so persons are named there by their number: a handle is often a name.
CREATE OR REPLACE FUNCTION audit_person() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    PERFORM write_audit('person.' || TG_ARGV[0], 'person:' || NEW.id, jsonb_build_object(
        'handle', NEW.handle, 'roles', NEW.roles, 'active', NEW.active), NEW.id);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION audit_token() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    PERFORM write_audit('token.' || TG_ARGV[0], 'person:' || NEW.person_id, jsonb_build_object(
        'handle', handle, 'expires_at', NEW.expires_at), NEW.person_id) FROM person WHERE id = NEW.person_id;
    RETURN NULL;
END $$;

-- Says that at some moment the chain had so many entries and ended in this hash. The executor writes them: it runs no model and no
-- web, and its key signs; the database takes only what its own chain says.
CREATE TABLE audit_checkpoint (
    entries bigint PRIMARY KEY CHECK (entries > 0),
    hash text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
    at timestamptz NOT NULL,
    signed_by text CHECK (signed_by ~ '^[0-9a-f]{16}$'),
    signature text CHECK (signature ~ '^[0-9a-f]{128}$'),
    CHECK ((signed_by IS NULL) = (signature IS NULL))
);

CREATE FUNCTION check_checkpoint() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM audit_chain WHERE seq = NEW.entries AND hash = NEW.hash) THEN
        RAISE EXCEPTION 'Entry % of the audit chain does not have this hash.', NEW.entries USING ERRCODE = 'EX305';
    ELSIF NEW.at NOT BETWEEN clock_timestamp() - interval '1 hour' AND clock_timestamp() + interval '1 hour' THEN
        RAISE EXCEPTION 'A checkpoint is dated %, an hour or more from now; set the clocks.', NEW.at USING ERRCODE = 'EX306';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_checkpoint BEFORE INSERT ON audit_checkpoint FOR EACH ROW EXECUTE FUNCTION check_checkpoint();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoint EXECUTE FUNCTION refuse_change();

-- Whichever way payloads are erased: that something was, and what, stays provable.
CREATE FUNCTION keep_proof() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM expediter.audit_entry WHERE id = OLD.entry_id AND kind IN ('payload.erased', 'payloads.pruned')) THEN
        RAISE EXCEPTION 'What says that a payload was erased is kept.' USING ERRCODE = 'EX307';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER keep_proof BEFORE DELETE ON audit_payload FOR EACH ROW EXECUTE FUNCTION keep_proof();

-- Takes away what old entries of these kinds say, for the owner, and leaves one entry that says so. Returns how many payloads went.
CREATE FUNCTION prune(before timestamptz, kinds text[], reason text)
RETURNS bigint LANGUAGE plpgsql SET search_path = expediter, pg_temp AS $$
DECLARE
    last bigint;
    gone bigint;
BEGIN
    SELECT coalesce(min(seq) FILTER (WHERE audit_entry.at >= before) - 1, max(seq), 0) INTO last
        FROM audit_chain JOIN audit_entry ON audit_entry.id = entry_id;
    PERFORM set_config('expediter.erasing', 'yes', true);
    DELETE FROM audit_payload USING audit_chain, audit_entry
        WHERE audit_chain.entry_id = audit_payload.entry_id AND audit_entry.id = audit_payload.entry_id
            AND seq <= last AND kind = ANY (kinds);
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('expediter.erasing', '', true);
    IF gone > 0 THEN
        PERFORM write_audit('payloads.pruned', 'audit:' || last, jsonb_build_object(
            'through', last, 'kinds', kinds, 'payloads', gone, 'reason', reason), NULL);
    END IF;
    RETURN gone;
END $$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA expediter FROM PUBLIC;
GRANT SELECT ON audit_checkpoint TO expediter_serve, expediter_worker, expediter_executor;
GRANT SELECT ON audit_chain, audit_head TO expediter_executor;
GRANT INSERT ON audit_checkpoint TO expediter_executor;
