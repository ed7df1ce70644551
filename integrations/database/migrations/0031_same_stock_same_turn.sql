-- A change is of more than its subject: goods for one order are taken from another's, or out of the stock that both count on. What a
-- proposal touches is part of what is approved, and of what touches the same only one is carried out at a time.

ALTER TABLE proposal ADD COLUMN touches text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN proposal.touches IS 'the subject and what the content names, as model:id, or stock:product@warehouse';
UPDATE proposal SET touches = ARRAY[subject_model || ':' || subject_id];
CREATE INDEX proposal_touches ON proposal USING gin (touches);

CREATE OR REPLACE FUNCTION complete_proposal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
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
            <> '{action,arguments,before,facts,preview,subject,touches}'::text[]
        OR coalesce(body ->> 'action', '') = '' OR coalesce(body #>> '{subject,model}', '') = ''
        OR coalesce(body #>> '{subject,name}', '') = '' OR coalesce(jsonb_typeof(body #> '{subject,id}'), '') <> 'number' THEN
        RAISE EXCEPTION 'A proposal''s content names its action, subject, arguments, before-values, facts, preview and what it touches, and nothing else.'
            USING ERRCODE = 'EX106';
    ELSIF (CASE jsonb_typeof(body -> 'touches') WHEN 'array' THEN EXISTS (
            SELECT FROM jsonb_array_elements_text(body -> 'touches') AS touched
            WHERE coalesce(touched, '') !~ '^([a-z_]+[.][a-z._]+:[0-9]+|stock:[0-9]+@[0-9]+)$') ELSE true END) THEN
        RAISE EXCEPTION 'What a proposal touches is a list like sale.order:42 and stock:12@1.' USING ERRCODE = 'EX106';
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
    NEW.touches := ARRAY(SELECT DISTINCT touched FROM (
        SELECT jsonb_array_elements_text(body -> 'touches') UNION ALL SELECT NEW.subject_model || ':' || NEW.subject_id) AS every (touched)
        ORDER BY touched);
    RETURN NEW;
END $$;

-- Whoever begins waits for this row, so that of two that begin at once the second sees the first. Locks on the records' own
-- proposals would be taken in as many orders as there are pairs of records.
CREATE TABLE execution_turn (one boolean PRIMARY KEY DEFAULT true CHECK (one));
INSERT INTO execution_turn DEFAULT VALUES;

-- The proposal that is being carried out on something that this one touches; NULL when none is.
CREATE FUNCTION in_the_way_of(wanted bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
    SELECT other.proposal_id FROM proposal AS its JOIN execution AS other ON other.proposal_id = its.id
    WHERE its.touches && (SELECT touches FROM proposal WHERE id = wanted) AND its.id <> wanted
        AND NOT EXISTS (SELECT FROM execution_outcome WHERE execution_id = other.id)
    ORDER BY other.id LIMIT 1
$$;

CREATE OR REPLACE FUNCTION refuse_busy(begun execution) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    busy bigint;
    shared text[];
BEGIN
    PERFORM FROM execution_turn FOR UPDATE;
    busy := in_the_way_of(begun.proposal_id);
    IF busy IS NOT NULL THEN
        shared := ARRAY(SELECT unnest(touches) FROM proposal WHERE id = busy INTERSECT SELECT unnest(touches) FROM proposal WHERE id = begun.proposal_id);
        RAISE EXCEPTION 'P% waits: P%, on the same %, is still being carried out.', begun.proposal_id, busy,
            CASE WHEN EXISTS (SELECT FROM unnest(shared) AS one WHERE one NOT LIKE 'stock:%') THEN 'record' ELSE 'stock' END USING ERRCODE = 'EX312';
    END IF;
END $$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA expediter FROM PUBLIC;
GRANT EXECUTE ON FUNCTION in_the_way_of(bigint) TO expediter_executor;
