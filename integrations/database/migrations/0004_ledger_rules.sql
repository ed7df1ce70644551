-- What no program can get around. Every refusal is the sentence a person reads; its code says which error class it becomes:
-- EX1xx PreconditionFailed, EX2xx DecisionRefused, EX3xx NotPermitted. Deadlines are judged by the clock of this moment, not by the
-- start of the transaction, which a caller can choose.

CREATE FUNCTION complete_proposal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    source inbound;
    body jsonb;
BEGIN
    SELECT * INTO source FROM inbound WHERE id = NEW.inbound_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'A proposal needs the question it answers, and question % does not exist.', NEW.inbound_id USING ERRCODE = 'EX101';
    ELSIF source.received_at < clock_timestamp() - interval '15 minutes' THEN
        RAISE EXCEPTION 'The question is older than 15 minutes; ask again to get a proposal.' USING ERRCODE = 'EX102';
    ELSIF NOT EXISTS (SELECT FROM person WHERE id = source.person_id AND active) THEN
        RAISE EXCEPTION 'Whoever asked is no longer active, so nothing can be proposed for them.' USING ERRCODE = 'EX103';
    ELSIF NEW.expires_at <= clock_timestamp() OR NEW.expires_at > clock_timestamp() + interval '30 days' THEN
        RAISE EXCEPTION 'A proposal has to expire within the next 30 days.' USING ERRCODE = 'EX104';
    ELSIF NEW.content IS NOT JSON OBJECT WITH UNIQUE KEYS THEN
        RAISE EXCEPTION 'A proposal''s content has to be one JSON object without repeated keys.' USING ERRCODE = 'EX105';
    END IF;
    body := NEW.content::jsonb;
    IF (SELECT array_agg(key ORDER BY key) FROM jsonb_object_keys(body) AS key)
            <> '{action,arguments,before,facts,preview,subject}'::text[]
        OR coalesce(body ->> 'action', '') = '' OR coalesce(body #>> '{subject,model}', '') = ''
        OR coalesce(body #>> '{subject,name}', '') = '' OR coalesce(jsonb_typeof(body #> '{subject,id}'), '') <> 'number' THEN
        RAISE EXCEPTION 'A proposal''s content names its action, subject, arguments, before-values, facts and preview, and nothing else.'
            USING ERRCODE = 'EX106';
    ELSIF NEW.inverse_of IS NOT NULL AND NOT EXISTS (
        SELECT FROM proposal_state WHERE proposal_id = NEW.inverse_of AND state IN ('done', 'uncertain')) THEN
        RAISE EXCEPTION 'P% was not carried out, so there is nothing to undo.', NEW.inverse_of USING ERRCODE = 'EX107';
    END IF;
    NEW.asker_id := source.person_id;
    NEW.sha256 := encode(sha256(convert_to(NEW.content, 'UTF8')), 'hex');
    NEW.action := body ->> 'action';
    NEW.subject_model := body #>> '{subject,model}';
    NEW.subject_id := (body #>> '{subject,id}')::bigint;
    NEW.subject_name := body #>> '{subject,name}';
    RETURN NEW;
END $$;
CREATE TRIGGER complete_proposal BEFORE INSERT ON proposal FOR EACH ROW EXECUTE FUNCTION complete_proposal();

-- Locks the proposal, so that decisions on it are taken one after the other, and returns it if it can still be decided for this hash.
CREATE FUNCTION decidable(wanted bigint, shown text) RETURNS proposal
LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    found_proposal proposal;
BEGIN
    SELECT * INTO found_proposal FROM proposal WHERE id = wanted FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'P% does not exist.', wanted USING ERRCODE = 'EX201';
    ELSIF found_proposal.sha256 <> shown THEN
        RAISE EXCEPTION 'P% is not what was shown to you; look at it again.', wanted USING ERRCODE = 'EX202';
    ELSIF EXISTS (SELECT FROM approval_grant WHERE proposal_id = wanted) THEN
        RAISE EXCEPTION 'P% was already approved.', wanted USING ERRCODE = 'EX203';
    ELSIF EXISTS (SELECT FROM decision WHERE proposal_id = wanted AND verdict = 'reject') THEN
        RAISE EXCEPTION 'P% was already rejected.', wanted USING ERRCODE = 'EX204';
    ELSIF found_proposal.expires_at <= clock_timestamp() THEN
        RAISE EXCEPTION 'P% has expired; ask for a new proposal.', wanted USING ERRCODE = 'EX205';
    END IF;
    RETURN found_proposal;
END $$;

CREATE FUNCTION check_decision() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    decided proposal := decidable(NEW.proposal_id, NEW.sha256);
BEGIN
    IF decided.asker_id = NEW.person_id THEN
        RAISE EXCEPTION 'P% is your own proposal; someone else has to decide on it.', NEW.proposal_id USING ERRCODE = 'EX206';
    ELSIF NOT EXISTS (SELECT FROM person WHERE id = NEW.person_id AND active) THEN
        RAISE EXCEPTION 'Only an active person can decide on P%.', NEW.proposal_id USING ERRCODE = 'EX207';
    ELSIF EXISTS (SELECT FROM decision WHERE proposal_id = NEW.proposal_id AND person_id = NEW.person_id) THEN
        RAISE EXCEPTION 'You have already decided on P%; nobody decides twice.', NEW.proposal_id USING ERRCODE = 'EX208';
    ELSIF NEW.step > 0 AND NOT EXISTS (SELECT FROM decision WHERE proposal_id = NEW.proposal_id AND step = NEW.step - 1) THEN
        RAISE EXCEPTION 'Step % of P% has to be approved first.', NEW.step, NEW.proposal_id USING ERRCODE = 'EX209';
    ELSIF NEW.earlier <> (SELECT count(*) FROM decision WHERE proposal_id = NEW.proposal_id) THEN
        -- Whoever decides on the state before another's decision would count for a step that is no longer the one that waits.
        RAISE EXCEPTION 'Somebody else decided on P% at the same moment; look at it again.', NEW.proposal_id USING ERRCODE = 'EX212';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_decision BEFORE INSERT ON decision FOR EACH ROW EXECUTE FUNCTION check_decision();

CREATE FUNCTION check_grant() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    granted proposal := decidable(NEW.proposal_id, NEW.sha256);
    missing integer;
BEGIN
    SELECT min(step) INTO missing FROM generate_series(0, NEW.steps - 1) AS step WHERE NOT EXISTS (
        SELECT FROM decision WHERE decision.proposal_id = NEW.proposal_id AND decision.sha256 = NEW.sha256
            AND decision.step = step.step AND decision.verdict = 'approve');
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'P% lacks the approval of step %.', NEW.proposal_id, missing + 1 USING ERRCODE = 'EX210';
    ELSIF NEW.expires_at <= clock_timestamp() OR NEW.expires_at > granted.expires_at THEN
        RAISE EXCEPTION 'A grant of P% has to end in the future and no later than the proposal.', NEW.proposal_id
            USING ERRCODE = 'EX211';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_grant BEFORE INSERT ON approval_grant FOR EACH ROW EXECUTE FUNCTION check_grant();

CREATE FUNCTION refuse_lapsed(wanted bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    lapsed approval_grant;
BEGIN
    SELECT * INTO lapsed FROM approval_grant WHERE id = wanted AND expires_at <= clock_timestamp();
    IF FOUND THEN
        RAISE EXCEPTION 'The approval of P% lapsed at %; it cannot be carried out any more.', lapsed.proposal_id,
            to_char(lapsed.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') USING ERRCODE = 'EX310';
    END IF;
END $$;

CREATE FUNCTION refuse_ended(wanted bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM execution_outcome WHERE execution_id = wanted) THEN
        RAISE EXCEPTION 'Execution % has ended; nothing more can be sent for it.', wanted USING ERRCODE = 'EX311';
    END IF;
END $$;

-- Holds a grant until the caller's transaction ends, or says at once that another holds it. Not an advisory lock: those are
-- open to every role, and one that holds them for ever would stop the executor.
CREATE FUNCTION claim(wanted bigint) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    PERFORM FROM approval_grant WHERE id = wanted FOR NO KEY UPDATE SKIP LOCKED;
    RETURN FOUND;
END $$;

-- Two changes of one record at once could both find it as approved, and the later write would undo the earlier one unseen.
CREATE FUNCTION refuse_busy(begun execution) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    wanted proposal;
    busy bigint;
BEGIN
    SELECT * INTO wanted FROM proposal WHERE id = begun.proposal_id;
    PERFORM FROM proposal WHERE subject_model = wanted.subject_model AND subject_id = wanted.subject_id
        ORDER BY id FOR NO KEY UPDATE;
    SELECT other.proposal_id INTO busy FROM execution AS other JOIN proposal ON proposal.id = other.proposal_id
        WHERE subject_model = wanted.subject_model AND subject_id = wanted.subject_id AND other.grant_id <> begun.grant_id
            AND NOT EXISTS (SELECT FROM execution_outcome WHERE execution_id = other.id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'P% waits: P%, on the same record, is still being carried out.', begun.proposal_id, busy USING ERRCODE = 'EX312';
    END IF;
END $$;

CREATE FUNCTION check_execution() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    PERFORM refuse_lapsed(NEW.grant_id);
    PERFORM refuse_busy(NEW);
    RETURN NEW;
END $$;
CREATE TRIGGER check_execution BEFORE INSERT ON execution FOR EACH ROW EXECUTE FUNCTION check_execution();

CREATE FUNCTION check_attempt() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    PERFORM refuse_ended(NEW.execution_id);
    PERFORM refuse_lapsed(grant_id) FROM execution WHERE id = NEW.execution_id;
    RETURN NEW;
END $$;
CREATE TRIGGER check_attempt BEFORE INSERT ON execution_attempt FOR EACH ROW EXECUTE FUNCTION check_attempt();
CREATE TRIGGER check_attempt BEFORE INSERT ON execution_sending FOR EACH ROW EXECUTE FUNCTION check_attempt();

CREATE FUNCTION audit_ledger() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    body jsonb := to_jsonb(NEW);
    about bigint;
    who bigint;
BEGIN
    about := CASE TG_TABLE_NAME
        WHEN 'proposal' THEN (body ->> 'id')::bigint
        WHEN 'execution_outcome' THEN (SELECT proposal_id FROM execution WHERE id = (body ->> 'execution_id')::bigint)
        ELSE (body ->> 'proposal_id')::bigint
    END;
    who := coalesce(body ->> 'person_id', body ->> 'asker_id')::bigint;
    IF TG_TABLE_NAME = 'proposal' THEN
        body := body || jsonb_build_object('content', (body ->> 'content')::jsonb);
    END IF;
    PERFORM write_audit(TG_ARGV[0], 'proposal:' || about, body, who);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_ledger AFTER INSERT ON proposal FOR EACH ROW EXECUTE FUNCTION audit_ledger('proposal.created');
CREATE TRIGGER audit_ledger AFTER INSERT ON decision FOR EACH ROW EXECUTE FUNCTION audit_ledger('decision.recorded');
CREATE TRIGGER audit_ledger AFTER INSERT ON approval_grant FOR EACH ROW EXECUTE FUNCTION audit_ledger('grant.issued');
CREATE TRIGGER audit_ledger AFTER INSERT ON execution FOR EACH ROW EXECUTE FUNCTION audit_ledger('execution.started');
CREATE TRIGGER audit_ledger AFTER INSERT ON execution_outcome FOR EACH ROW EXECUTE FUNCTION audit_ledger('execution.finished');

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA expediter FROM PUBLIC;
GRANT EXECUTE ON FUNCTION claim(bigint) TO expediter_executor;
