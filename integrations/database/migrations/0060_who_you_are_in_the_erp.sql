-- Who a person is in the ERP. The worker, which can read it, says whom it found by the person's mail address; the person says to serve
-- whether that is them. Rows are only added; nobody's authority depends on them. Codes as in 0004.

CREATE TABLE erp_user_found (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id bigint NOT NULL REFERENCES person,
    email text NOT NULL CHECK (length(email) <= 320),
    erp_id bigint,
    login text CHECK (length(login) <= 300),
    name text CHECK (length(name) <= 300),
    why text CHECK (length(why) <= 500),
    found_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (num_nulls(erp_id, login, name) IN (0, 3) AND (erp_id IS NULL) = (why IS NOT NULL))
);
CREATE INDEX erp_user_found_latest ON erp_user_found (person_id, id DESC);
COMMENT ON COLUMN erp_user_found.why IS 'why there is none';

CREATE TABLE erp_user_said (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    found_id bigint NOT NULL REFERENCES erp_user_found,
    person_id bigint NOT NULL REFERENCES person,
    said text NOT NULL CHECK (said IN ('confirmed', 'refused', 'unlinked')),
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX erp_user_said_latest ON erp_user_said (found_id, id DESC);

-- What was found last by the address a person has now. A user who left, was renamed or has another address is found anew: what was
-- said of the one before says nothing of them.
CREATE VIEW erp_user AS
SELECT DISTINCT ON (found.person_id) found.*,
    (SELECT said FROM erp_user_said WHERE found_id = found.id ORDER BY erp_user_said.id DESC LIMIT 1) AS said
FROM erp_user_found AS found JOIN person ON person.id = found.person_id AND active AND lower(person.email) = lower(found.email)
ORDER BY found.person_id, found.id DESC;

CREATE FUNCTION check_erp_user_said() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    now_found erp_user;
BEGIN
    -- Two clicks at once take turns.
    PERFORM FROM person WHERE id = NEW.person_id FOR UPDATE;
    SELECT * INTO now_found FROM erp_user WHERE person_id = NEW.person_id;
    IF now_found.id IS DISTINCT FROM NEW.found_id OR now_found.erp_id IS NULL THEN
        RAISE EXCEPTION 'What Odoo says of you has changed since you saw it; look at it again.' USING ERRCODE = 'EX153';
    ELSIF (NEW.said = 'unlinked') IS DISTINCT FROM (coalesce(now_found.said, '') = 'confirmed') THEN
        RAISE EXCEPTION '%', CASE NEW.said WHEN 'unlinked' THEN 'You are not linked to a user of Odoo.'
            ELSE 'You are linked to this user of Odoo already.' END USING ERRCODE = 'EX154';
    ELSIF NEW.said = 'confirmed' AND NOT EXISTS (SELECT FROM slack_link WHERE person_id = NEW.person_id
            AND confirmed_at IS NOT NULL AND ended_at IS NULL AND lower(email) = lower(now_found.email)) THEN
        RAISE EXCEPTION 'Your address % is not verified: no linked Slack account has it.', now_found.email USING ERRCODE = 'EX155';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_erp_user_said BEFORE INSERT ON erp_user_said FOR EACH ROW EXECUTE FUNCTION check_erp_user_said();

CREATE FUNCTION audit_erp_user_said() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    PERFORM write_audit('erp_user.' || NEW.said, 'person:' || NEW.person_id, jsonb_build_object(
        'erp_id', erp_id, 'login', login, 'name', name, 'email', email), NEW.person_id)
        FROM erp_user_found WHERE id = NEW.found_id;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_erp_user_said AFTER INSERT ON erp_user_said FOR EACH ROW EXECUTE FUNCTION audit_erp_user_said();

REVOKE EXECUTE ON FUNCTION check_erp_user_said(), audit_erp_user_said() FROM PUBLIC;
GRANT SELECT ON erp_user_found, erp_user_said, erp_user TO expediter_serve, expediter_worker;
GRANT INSERT (person_id, email, erp_id, login, name, why) ON erp_user_found TO expediter_worker;
GRANT INSERT (found_id, person_id, said) ON erp_user_said TO expediter_serve;
