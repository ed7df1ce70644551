-- A proposal can be replaced by an edited one, withdrawn, commented on, and be one line of a group that is decided on together.
-- Whoever shaped it (asked for it, for what it replaces, or for its group) decides on none of it.

CREATE TABLE proposal_group (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    inbound_id bigint NOT NULL REFERENCES inbound,
    asker_id bigint NOT NULL REFERENCES person,
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

ALTER TABLE proposal ADD COLUMN supersedes bigint UNIQUE REFERENCES proposal, ADD COLUMN group_id bigint REFERENCES proposal_group;
CREATE INDEX proposal_group_id ON proposal (group_id) WHERE group_id IS NOT NULL;

CREATE TABLE withdrawal (
    proposal_id bigint PRIMARY KEY REFERENCES proposal,
    person_id bigint NOT NULL REFERENCES person,
    reason text NOT NULL CONSTRAINT withdrawal_says_why CHECK (length(btrim(reason)) BETWEEN 1 AND 2000),
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE proposal_comment (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    proposal_id bigint NOT NULL REFERENCES proposal,
    person_id bigint NOT NULL REFERENCES person,
    text text NOT NULL CONSTRAINT proposal_comment_says_something CHECK (length(btrim(text)) BETWEEN 1 AND 2000),
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX proposal_comment_proposal ON proposal_comment (proposal_id, id);

-- When a person first saw a proposal that waits: who decides seconds later did not read it.
CREATE TABLE proposal_shown (
    proposal_id bigint NOT NULL REFERENCES proposal,
    person_id bigint NOT NULL REFERENCES person,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (proposal_id, person_id)
);

ALTER TABLE decision ADD CONSTRAINT decision_rejection_says_why CHECK (verdict <> 'reject' OR btrim(reason) <> '');

CREATE OR REPLACE FUNCTION decidable(wanted bigint, shown text) RETURNS proposal
LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    found_proposal proposal;
    newer bigint;
BEGIN
    SELECT * INTO found_proposal FROM proposal WHERE id = wanted FOR NO KEY UPDATE;
    SELECT id INTO newer FROM proposal WHERE supersedes = wanted;
    IF found_proposal.id IS NULL THEN
        RAISE EXCEPTION 'P% does not exist.', wanted USING ERRCODE = 'EX201';
    ELSIF found_proposal.sha256 <> shown THEN
        RAISE EXCEPTION 'P% is not what was shown to you; look at it again.', wanted USING ERRCODE = 'EX202';
    ELSIF newer IS NOT NULL THEN
        RAISE EXCEPTION 'P% was edited; P% replaced it.', wanted, newer USING ERRCODE = 'EX250';
    ELSIF EXISTS (SELECT FROM withdrawal WHERE proposal_id = wanted) THEN
        RAISE EXCEPTION 'P% was withdrawn.', wanted USING ERRCODE = 'EX251';
    ELSIF EXISTS (SELECT FROM approval_grant WHERE proposal_id = wanted) THEN
        RAISE EXCEPTION 'P% was already approved.', wanted USING ERRCODE = 'EX203';
    ELSIF EXISTS (SELECT FROM decision WHERE proposal_id = wanted AND verdict = 'reject') THEN
        RAISE EXCEPTION 'P% was already rejected.', wanted USING ERRCODE = 'EX204';
    ELSIF found_proposal.expires_at <= clock_timestamp() THEN
        RAISE EXCEPTION 'P% has expired; ask for a new proposal.', wanted USING ERRCODE = 'EX205';
    END IF;
    RETURN found_proposal;
END $$;

CREATE FUNCTION authors_of(wanted bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
    WITH RECURSIVE line AS (
        SELECT id, asker_id, supersedes, group_id FROM proposal WHERE id = wanted
        UNION ALL
        SELECT older.id, older.asker_id, older.supersedes, older.group_id FROM proposal AS older JOIN line ON older.id = line.supersedes
    )
    SELECT asker_id FROM line UNION SELECT proposal_group.asker_id FROM line JOIN proposal_group ON proposal_group.id = line.group_id
$$;

CREATE FUNCTION complete_group() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    SELECT person_id INTO NEW.asker_id FROM inbound JOIN person ON person.id = person_id
        WHERE inbound.id = NEW.inbound_id AND active AND received_at > clock_timestamp() - interval '15 minutes';
    IF NEW.asker_id IS NULL THEN
        RAISE EXCEPTION 'A group needs a question of the last 15 minutes, and whoever asked has to be active.' USING ERRCODE = 'EX130';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER complete_group BEFORE INSERT ON proposal_group FOR EACH ROW EXECUTE FUNCTION complete_group();

-- After complete_proposal, by its name. The proposal that is replaced, and what its editor saw of it, are taken from what serve stored.
CREATE FUNCTION complete_revision() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    source inbound;
    older proposal;
BEGIN
    SELECT * INTO source FROM inbound WHERE id = NEW.inbound_id;
    IF (source.kind = 'edit') <> (NEW.supersedes IS NOT NULL) THEN
        RAISE EXCEPTION 'An edit leads to a proposal that replaces the edited one, and nothing else does.' USING ERRCODE = 'EX131';
    ELSIF NEW.supersedes IS NULL THEN
        IF NEW.group_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM proposal_group WHERE id = NEW.group_id AND inbound_id = NEW.inbound_id) THEN
            RAISE EXCEPTION 'A line of a group answers the question that the group answers.' USING ERRCODE = 'EX132';
        END IF;
        RETURN NEW;
    ELSIF (source.text::jsonb ->> 'proposal')::bigint <> NEW.supersedes THEN
        RAISE EXCEPTION 'What was edited is another proposal than P%.', NEW.supersedes USING ERRCODE = 'EX131';
    END IF;
    older := decidable(NEW.supersedes, source.text::jsonb ->> 'sha256');
    IF (older.action, older.subject_model, older.subject_id) <> (NEW.action, NEW.subject_model, NEW.subject_id) THEN
        RAISE EXCEPTION 'Editing P% leaves what it does, and to which record, as it is.', NEW.supersedes USING ERRCODE = 'EX133';
    END IF;
    NEW.group_id := older.group_id;
    RETURN NEW;
END $$;
CREATE TRIGGER complete_revision BEFORE INSERT ON proposal FOR EACH ROW EXECUTE FUNCTION complete_revision();

CREATE FUNCTION refuse_author() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    -- Whoever stands in for an author is no better; the column is read as JSON because it came with a later migration.
    IF NEW.person_id IN (SELECT authors_of(NEW.proposal_id))
        OR (to_jsonb(NEW) ->> 'for_person_id')::bigint IN (SELECT authors_of(NEW.proposal_id)) THEN
        RAISE EXCEPTION 'You had a part in P%; someone else has to decide on it.', NEW.proposal_id USING ERRCODE = 'EX206';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_author BEFORE INSERT ON decision FOR EACH ROW EXECUTE FUNCTION refuse_author();

-- The same once more when it is carried out, whatever let the decision pass.
CREATE FUNCTION refuse_mixed_hands() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    who text;
BEGIN
    SELECT handle INTO who FROM decision JOIN person ON person.id = person_id
        WHERE proposal_id = NEW.proposal_id AND (verdict = 'reject' OR person_id IN (SELECT authors_of(NEW.proposal_id))
            OR (to_jsonb(decision) ->> 'for_person_id')::bigint IN (SELECT authors_of(NEW.proposal_id)) OR decision.sha256 <> NEW.sha256) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'P% is not carried out: the decision of % does not allow it.', NEW.proposal_id, who USING ERRCODE = 'EX313';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_mixed_hands BEFORE INSERT ON execution FOR EACH ROW EXECUTE FUNCTION refuse_mixed_hands();

CREATE FUNCTION check_withdrawal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    PERFORM decidable(NEW.proposal_id, (SELECT sha256 FROM proposal WHERE id = NEW.proposal_id));
    IF NEW.person_id NOT IN (SELECT authors_of(NEW.proposal_id)) THEN
        RAISE EXCEPTION 'Only whoever asked for P% or edited it can withdraw it; others reject it.', NEW.proposal_id USING ERRCODE = 'EX340';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_withdrawal BEFORE INSERT ON withdrawal FOR EACH ROW EXECUTE FUNCTION check_withdrawal();

CREATE FUNCTION audit_proposal_affair() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    body jsonb := to_jsonb(NEW);
BEGIN
    PERFORM write_audit(TG_ARGV[0], CASE TG_TABLE_NAME WHEN 'proposal_group' THEN 'group:' || (body ->> 'id')
        ELSE 'proposal:' || (body ->> 'proposal_id') END, body, coalesce(body ->> 'person_id', body ->> 'asker_id')::bigint);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_affair AFTER INSERT ON proposal_group FOR EACH ROW EXECUTE FUNCTION audit_proposal_affair('group.created');
CREATE TRIGGER audit_affair AFTER INSERT ON withdrawal FOR EACH ROW EXECUTE FUNCTION audit_proposal_affair('proposal.withdrawn');
CREATE TRIGGER audit_affair AFTER INSERT ON proposal_comment FOR EACH ROW EXECUTE FUNCTION audit_proposal_affair('proposal.commented');

CREATE OR REPLACE VIEW proposal_state AS
SELECT proposal.id AS proposal_id,
    CASE
        WHEN took_effect THEN 'done'
        WHEN NOT took_effect THEN 'failed'
        WHEN execution_outcome.outcome IS NOT NULL THEN execution_outcome.outcome
        WHEN execution.id IS NOT NULL THEN 'executing'
        WHEN newer.id IS NOT NULL THEN 'superseded'
        WHEN withdrawal.proposal_id IS NOT NULL THEN 'withdrawn'
        WHEN EXISTS (SELECT FROM decision WHERE decision.proposal_id = proposal.id AND verdict = 'reject') THEN 'rejected'
        WHEN coalesce(approval_grant.expires_at, proposal.expires_at) <= now() THEN 'expired'
        WHEN approval_grant.id IS NOT NULL THEN 'granted'
        ELSE 'pending'
    END AS state,
    CASE
        WHEN newer.id IS NOT NULL THEN format('P%s replaced it.', newer.id)
        WHEN withdrawal.proposal_id IS NOT NULL THEN format('%s withdrew it: %s',
            (SELECT handle FROM person WHERE id = withdrawal.person_id), withdrawal.reason)
        WHEN execution_outcome.execution_id IS NULL THEN 'It waits: ' || CASE
            WHEN execution.id IS NOT NULL THEN stopped(proposal.action)
            WHEN approval_grant.expires_at > now() THEN held_back(proposal.action)
        END || '.'
        WHEN took_effect IS NULL THEN detail
        ELSE format('%s %s looked and found that it %s: %s', detail, (SELECT handle FROM person WHERE id = execution_resolution.person_id),
            CASE WHEN took_effect THEN 'took effect' ELSE 'did not take effect' END, execution_resolution.reason)
    END AS outcome_detail
FROM proposal
LEFT JOIN proposal AS newer ON newer.supersedes = proposal.id
LEFT JOIN withdrawal ON withdrawal.proposal_id = proposal.id
LEFT JOIN approval_grant ON approval_grant.proposal_id = proposal.id
LEFT JOIN execution ON execution.grant_id = approval_grant.id
LEFT JOIN execution_outcome ON execution_outcome.execution_id = execution.id
LEFT JOIN execution_resolution ON execution_resolution.execution_id = execution.id;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA expediter FROM PUBLIC;
GRANT SELECT ON proposal_group, withdrawal, proposal_comment TO expediter_serve, expediter_worker, expediter_executor;
GRANT SELECT ON proposal_shown TO expediter_serve, expediter_worker;
GRANT INSERT (supersedes, group_id) ON proposal TO expediter_worker;
GRANT INSERT (inbound_id, title) ON proposal_group TO expediter_worker;
GRANT INSERT (proposal_id, person_id, reason) ON withdrawal TO expediter_serve;
GRANT INSERT (proposal_id, person_id, text) ON proposal_comment TO expediter_serve;
GRANT INSERT (proposal_id, person_id) ON proposal_shown TO expediter_serve;
GRANT EXECUTE ON FUNCTION authors_of(bigint) TO expediter_serve, expediter_worker, expediter_executor;
