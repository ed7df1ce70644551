-- A token alone sets up no authenticator: whoever found it could, before its owner does. An admin gives the person a code for that by
-- another way than the token went; it is good once and for an hour or so, and its hash is all that is kept.

CREATE TABLE enrolment_code (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id bigint NOT NULL REFERENCES person,
    code_sha256 text NOT NULL UNIQUE CHECK (code_sha256 ~ '^[0-9a-f]{64}$'),
    issued_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    click xid8,
    CONSTRAINT enrolment_code_is_short_lived CHECK (expires_at > issued_at AND expires_at <= issued_at + interval '24 hours')
);
CREATE INDEX enrolment_code_person ON enrolment_code (person_id, id);

ALTER TABLE authenticator ADD COLUMN enrolment_code_id bigint UNIQUE REFERENCES enrolment_code;

-- The newest code of a person is the only one that counts, so that an admin takes one back by issuing another. It is good for the caller's
-- transaction. Nobody counts wrong ones: a code is 80 random bits.
CREATE FUNCTION spend_enrolment_code(wanted bigint, digest text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    newest enrolment_code;
BEGIN
    SELECT * INTO newest FROM enrolment_code WHERE person_id = wanted ORDER BY id DESC LIMIT 1 FOR UPDATE;
    IF newest.id IS NULL OR newest.code_sha256 <> digest OR newest.used_at IS NOT NULL OR newest.expires_at <= clock_timestamp() THEN
        RAISE EXCEPTION 'That is no enrolment code of yours that is still good; ask an admin for one (`expediter person authenticator code NAME`).'
            USING ERRCODE = 'EX236';
    END IF;
    UPDATE enrolment_code SET used_at = clock_timestamp(), click = pg_current_xact_id() WHERE id = newest.id;
    RETURN newest.id;
END $$;

CREATE FUNCTION check_enrolment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM enrolment_code WHERE id = NEW.enrolment_code_id AND person_id = NEW.person_id
            AND click = pg_current_xact_id()) THEN
        RAISE EXCEPTION 'An authenticator is set up with an enrolment code that an admin gave this person.' USING ERRCODE = 'EX236';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_enrolment BEFORE INSERT ON authenticator FOR EACH ROW EXECUTE FUNCTION check_enrolment();

-- What is kept of a code is never given to anybody else, never made good again, and says the truth about when it was used.
CREATE FUNCTION check_enrolment_code() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    IF OLD.used_at IS NOT NULL OR (NEW.id, NEW.person_id, NEW.code_sha256, NEW.issued_at, NEW.expires_at)
            IS DISTINCT FROM (OLD.id, OLD.person_id, OLD.code_sha256, OLD.issued_at, OLD.expires_at) THEN
        RAISE EXCEPTION 'An enrolment code is used once; nothing else of it changes.' USING ERRCODE = 'EX236';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_enrolment_code BEFORE UPDATE ON enrolment_code FOR EACH ROW EXECUTE FUNCTION check_enrolment_code();

CREATE FUNCTION audit_enrolment_code() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    PERFORM write_audit('authenticator.code_issued', 'person:' || NEW.person_id,
        jsonb_build_object('code', NEW.id, 'expires_at', NEW.expires_at), NEW.person_id);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_enrolment_code AFTER INSERT ON enrolment_code FOR EACH ROW EXECUTE FUNCTION audit_enrolment_code();

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA expediter FROM PUBLIC;
GRANT INSERT (enrolment_code_id) ON authenticator TO expediter_serve;
GRANT EXECUTE ON FUNCTION spend_enrolment_code(bigint, text) TO expediter_serve;
