-- Brakes: how many executions of an action may begin in an hour, none when it is stopped. And the word of a person about an
-- execution of which nothing could be determined. Both are only ever added; what holds is a view.

CREATE TABLE execution_limit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    action text NOT NULL CHECK (action ~ '^(\*|[a-z_]{1,64})$'),
    per_hour integer CHECK (per_hour BETWEEN 0 AND 100000),
    person_id bigint NOT NULL REFERENCES person,
    reason text NOT NULL CHECK (length(btrim(reason)) BETWEEN 1 AND 2000),
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON COLUMN execution_limit.action IS '* stands for all actions together';
COMMENT ON COLUMN execution_limit.per_hour IS '0 stops it, NULL takes the limit away';

CREATE TABLE execution_limit_turn (one boolean PRIMARY KEY DEFAULT true CHECK (one));
INSERT INTO execution_limit_turn DEFAULT VALUES;

CREATE VIEW execution_limited AS
SELECT DISTINCT ON (action) id, action, per_hour, person_id, reason, at FROM execution_limit ORDER BY action, id DESC;

-- To stop has to be easy and to let go on has to be somebody's responsibility.
CREATE FUNCTION check_limit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    who person;
    standing integer;
    everything text;
BEGIN
    -- One after the other, or two who loosen and tighten at once would both be judged by what stood before.
    PERFORM FROM execution_limit_turn FOR UPDATE;
    SELECT * INTO who FROM person WHERE id = NEW.person_id AND active;
    SELECT per_hour INTO standing FROM execution_limited WHERE action = NEW.action;
    IF who.id IS NULL THEN
        RAISE EXCEPTION 'Only an active person can stop executions or let them go on.' USING ERRCODE = 'EX320';
    ELSIF NEW.per_hour IS NULL AND standing IS NULL THEN
        SELECT ' by itself, but ' || stopped(NEW.action) || '; `expediter executions go` lets all of them go on' INTO everything
            WHERE NEW.action <> '*';
        RAISE EXCEPTION 'Nothing holds %.', CASE NEW.action WHEN '*' THEN 'executions' ELSE NEW.action END || coalesce(everything, '')
            USING ERRCODE = 'EX111';
    ELSIF standing IS NOT NULL AND coalesce(NEW.per_hour, 2147483647) > standing AND NOT who.roles && '{ops_manager,admin}' THEN
        RAISE EXCEPTION '% may stop executions, but not let them go on; these roles may: ops_manager, admin.', who.handle
            USING ERRCODE = 'EX321';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_limit BEFORE INSERT ON execution_limit FOR EACH ROW EXECUTE FUNCTION check_limit();

-- Who stopped this action or all of them, and why, as a sentence; NULL when nobody did.
CREATE FUNCTION stopped(wanted text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
    SELECT format('%s stopped by %s: %s', CASE held.action WHEN '*' THEN 'all executions are' ELSE held.action || ' is' END,
        person.handle, rtrim(held.reason, '. '))
    FROM execution_limited AS held JOIN person ON person.id = held.person_id
    WHERE held.action IN ('*', wanted) AND held.per_hour = 0 ORDER BY held.action LIMIT 1
$$;

CREATE INDEX execution_started_at ON execution (started_at);

-- The same for an execution that has not begun, which a limit by the hour holds too.
CREATE FUNCTION held_back(wanted text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
    SELECT coalesce(stopped(wanted), (
        SELECT format('%s: %s begun in the last hour, and %s set a limit of %s an hour', CASE held.action
            WHEN '*' THEN 'all executions' ELSE held.action END, begun, person.handle, held.per_hour)
        FROM execution_limited AS held JOIN person ON person.id = held.person_id, LATERAL (
            SELECT count(*) AS begun FROM execution JOIN proposal ON proposal.id = execution.proposal_id
            WHERE started_at > clock_timestamp() - interval '1 hour' AND held.action IN ('*', proposal.action)) AS counted
        WHERE held.action IN ('*', wanted) AND begun >= held.per_hour ORDER BY held.action LIMIT 1))
$$;

CREATE FUNCTION refuse_held() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    wanted text := (SELECT action FROM proposal WHERE id = NEW.proposal_id);
    reason text;
BEGIN
    -- What begins has to be counted before the next one may begin. Whoever stops waits for none of it.
    PERFORM FROM execution_limit WHERE id IN (
        SELECT id FROM execution_limited WHERE action IN ('*', wanted) AND per_hour > 0) FOR NO KEY UPDATE;
    reason := held_back(wanted);
    IF reason IS NOT NULL THEN
        RAISE EXCEPTION 'P% waits: %.', NEW.proposal_id, reason USING ERRCODE = 'EX401';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_held BEFORE INSERT ON execution FOR EACH ROW EXECUTE FUNCTION refuse_held();

-- One that has begun may still be looked at, for its write may have arrived, but nothing more is sent.
CREATE FUNCTION refuse_stopped() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    begun proposal;
    reason text;
BEGIN
    SELECT proposal.* INTO begun FROM execution JOIN proposal ON proposal.id = execution.proposal_id
        WHERE execution.id = NEW.execution_id;
    reason := stopped(begun.action);
    IF reason IS NOT NULL THEN
        RAISE EXCEPTION 'P% waits: %.', begun.id, reason USING ERRCODE = 'EX401';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_stopped BEFORE INSERT ON execution_attempt FOR EACH ROW EXECUTE FUNCTION refuse_stopped();
CREATE TRIGGER refuse_stopped BEFORE INSERT ON execution_sending FOR EACH ROW EXECUTE FUNCTION refuse_stopped();

CREATE TABLE execution_resolution (
    execution_id bigint PRIMARY KEY REFERENCES execution_outcome,
    took_effect boolean NOT NULL,
    person_id bigint NOT NULL REFERENCES person,
    reason text NOT NULL CHECK (length(btrim(reason)) BETWEEN 1 AND 2000),
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE FUNCTION check_resolution() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    resolved proposal;
BEGIN
    SELECT proposal.* INTO resolved FROM execution JOIN proposal ON proposal.id = execution.proposal_id
        JOIN execution_outcome ON execution_outcome.execution_id = execution.id
        WHERE execution.id = NEW.execution_id AND outcome = 'uncertain';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Only an execution that ended uncertain can be resolved.' USING ERRCODE = 'EX213';
    ELSIF EXISTS (SELECT FROM execution_resolution WHERE execution_id = NEW.execution_id) THEN
        RAISE EXCEPTION 'P% was resolved before.', resolved.id USING ERRCODE = 'EX214';
    ELSIF resolved.asker_id = NEW.person_id THEN
        RAISE EXCEPTION 'P% is your own proposal; someone else has to look what became of it.', resolved.id USING ERRCODE = 'EX215';
    ELSIF NOT EXISTS (SELECT FROM person WHERE id = NEW.person_id AND active) THEN
        RAISE EXCEPTION 'Only an active person can resolve P%.', resolved.id USING ERRCODE = 'EX216';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_resolution BEFORE INSERT ON execution_resolution FOR EACH ROW EXECUTE FUNCTION check_resolution();

CREATE OR REPLACE VIEW proposal_state AS
SELECT proposal.id AS proposal_id,
    CASE
        WHEN took_effect THEN 'done'
        WHEN NOT took_effect THEN 'failed'
        WHEN execution_outcome.outcome IS NOT NULL THEN execution_outcome.outcome
        WHEN execution.id IS NOT NULL THEN 'executing'
        WHEN EXISTS (SELECT FROM decision WHERE decision.proposal_id = proposal.id AND verdict = 'reject') THEN 'rejected'
        WHEN coalesce(approval_grant.expires_at, proposal.expires_at) <= now() THEN 'expired'
        WHEN approval_grant.id IS NOT NULL THEN 'granted'
        ELSE 'pending'
    END AS state,
    CASE
        WHEN execution_outcome.execution_id IS NULL THEN 'It waits: ' || CASE
            WHEN execution.id IS NOT NULL THEN stopped(proposal.action)
            WHEN approval_grant.expires_at > now() THEN held_back(proposal.action)
        END || '.'
        WHEN took_effect IS NULL THEN detail
        ELSE format('%s %s looked and found that it %s: %s', detail, (SELECT handle FROM person WHERE id = execution_resolution.person_id),
            CASE WHEN took_effect THEN 'took effect' ELSE 'did not take effect' END, execution_resolution.reason)
    END AS outcome_detail
FROM proposal
LEFT JOIN approval_grant ON approval_grant.proposal_id = proposal.id
LEFT JOIN execution ON execution.grant_id = approval_grant.id
LEFT JOIN execution_outcome ON execution_outcome.execution_id = execution.id
LEFT JOIN execution_resolution ON execution_resolution.execution_id = execution.id;

CREATE FUNCTION audit_brake() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    PERFORM write_audit('execution.' || CASE WHEN NEW.per_hour = 0 THEN 'stopped' WHEN NEW.per_hour IS NULL THEN 'released' ELSE 'limited' END,
        'action:' || NEW.action, to_jsonb(NEW), NEW.person_id);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_brake AFTER INSERT ON execution_limit FOR EACH ROW EXECUTE FUNCTION audit_brake();

CREATE FUNCTION audit_resolution() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    PERFORM write_audit('execution.resolved', 'proposal:' || (SELECT proposal_id FROM execution WHERE id = NEW.execution_id),
        to_jsonb(NEW), NEW.person_id);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_resolution AFTER INSERT ON execution_resolution FOR EACH ROW EXECUTE FUNCTION audit_resolution();

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA expediter FROM PUBLIC;
GRANT SELECT ON execution_limit, execution_limited, execution_resolution TO expediter_serve, expediter_worker, expediter_executor;
GRANT INSERT (action, per_hour, person_id, reason) ON execution_limit TO expediter_serve;
GRANT INSERT (execution_id, took_effect, person_id, reason) ON execution_resolution TO expediter_serve;
GRANT EXECUTE ON FUNCTION held_back(text), stopped(text) TO expediter_serve, expediter_worker, expediter_executor;
