-- Who was reminded of what waits, and when it was escalated. Written by the worker; what may be decided does not depend on it.

CREATE TABLE approval_notice (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    proposal_id bigint NOT NULL REFERENCES proposal,
    step smallint NOT NULL CHECK (step >= 0),
    kind text NOT NULL CHECK (kind IN ('reminder', 'escalation', 'expiry')),
    number smallint NOT NULL CHECK (number BETWEEN 1 AND CASE kind WHEN 'reminder' THEN 3 ELSE 1 END),
    roles text[] NOT NULL CHECK (cardinality(roles) BETWEEN 1 AND 20),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT approval_notice_once UNIQUE (proposal_id, step, kind, number)
);
COMMENT ON COLUMN approval_notice.roles IS 'whom it is for';

CREATE FUNCTION check_notice() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    found_state text := (SELECT state FROM proposal_state WHERE proposal_id = NEW.proposal_id);
BEGIN
    IF found_state IS DISTINCT FROM (CASE NEW.kind WHEN 'expiry' THEN 'expired' ELSE 'pending' END) THEN
        RAISE EXCEPTION 'P% is %; there is nothing to say about its approval.', NEW.proposal_id, coalesce(found_state, 'not there')
            USING ERRCODE = 'EX130';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_notice BEFORE INSERT ON approval_notice FOR EACH ROW EXECUTE FUNCTION check_notice();

CREATE FUNCTION audit_notice() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    PERFORM write_audit(CASE NEW.kind WHEN 'reminder' THEN 'approval.reminded' WHEN 'escalation' THEN 'approval.escalated'
        ELSE 'approval.expired' END, 'proposal:' || NEW.proposal_id, to_jsonb(NEW), NULL);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_notice AFTER INSERT ON approval_notice FOR EACH ROW EXECUTE FUNCTION audit_notice();

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA expediter FROM PUBLIC;
GRANT SELECT ON approval_notice TO expediter_serve, expediter_worker, expediter_executor;
GRANT INSERT (proposal_id, step, kind, number, roles) ON approval_notice TO expediter_worker;
