-- The policy's versions are rows. Which one is in force is the last activation, and an activation is the effect of an approved proposal:
-- no program can put a policy in force, and whoever wrote it does not decide on it.

CREATE TABLE policy_version (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version text NOT NULL CONSTRAINT policy_version_once UNIQUE,
    text text NOT NULL CHECK (length(text) BETWEEN 1 AND 500000),
    sha256 text NOT NULL UNIQUE,
    author_id bigint REFERENCES person,
    reason text NOT NULL CONSTRAINT policy_version_says_why CHECK (length(btrim(reason)) BETWEEN 1 AND 2000),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON COLUMN policy_version.author_id IS 'NULL: the file that the owner started with';

CREATE TABLE policy_activation (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    policy_id bigint NOT NULL REFERENCES policy_version,
    replaces bigint REFERENCES policy_version,
    execution_id bigint UNIQUE REFERENCES execution,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON COLUMN policy_activation.execution_id IS 'NULL: the owner''s first';

CREATE TABLE policy_turn (one boolean PRIMARY KEY DEFAULT true CHECK (one));
INSERT INTO policy_turn DEFAULT VALUES;

CREATE VIEW policy_in_force AS
SELECT policy_version.*, policy_activation.at AS since
FROM policy_activation JOIN policy_version ON policy_version.id = policy_activation.policy_id
ORDER BY policy_activation.id DESC LIMIT 1;

CREATE FUNCTION complete_policy() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    NEW.sha256 := encode(sha256(convert_to(NEW.text, 'UTF8')), 'hex');
    IF NEW.version !~ ('^v[1-9][0-9]{0,9}-' || left(NEW.sha256, 8) || '$') THEN
        RAISE EXCEPTION 'The version % is not the one of this text.', NEW.version USING ERRCODE = 'EX120';
    ELSIF process_name() = 'admin' THEN
        NEW.author_id := NULL;
    ELSIF NOT EXISTS (SELECT FROM person WHERE id = NEW.author_id AND active) THEN
        RAISE EXCEPTION 'Only an active person can hand in a policy.' USING ERRCODE = 'EX330';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER complete_policy BEFORE INSERT ON policy_version FOR EACH ROW EXECUTE FUNCTION complete_policy();

-- Whose text a proposal would put in force; NULL for every other proposal.
CREATE FUNCTION policy_author(wanted proposal) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
    SELECT author_id FROM policy_version
    WHERE wanted.action = 'activate_policy' AND version = wanted.content::jsonb #>> '{arguments,version}'
$$;

CREATE FUNCTION refuse_policy_author() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM proposal WHERE id = NEW.proposal_id AND policy_author(proposal) = NEW.person_id) THEN
        RAISE EXCEPTION 'P% is about a policy that you wrote; someone else has to decide on it.', NEW.proposal_id USING ERRCODE = 'EX220';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_policy_author BEFORE INSERT ON decision FOR EACH ROW EXECUTE FUNCTION refuse_policy_author();

CREATE FUNCTION check_activation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    wanted policy_version;
    current policy_in_force;
    running proposal;
BEGIN
    PERFORM FROM policy_turn FOR UPDATE;
    SELECT * INTO wanted FROM policy_version WHERE id = NEW.policy_id;
    SELECT * INTO current FROM policy_in_force;
    NEW.replaces := current.id;
    IF process_name() = 'admin' AND NEW.execution_id IS NULL THEN
        -- The demo company follows the program; in a real one the first policy is the only one that comes from a file.
        IF current.id IS NOT NULL AND NOT EXISTS (SELECT FROM person WHERE demo) THEN
            RAISE EXCEPTION 'Policy % is in force; another one takes an approved proposal.', current.version USING ERRCODE = 'EX331';
        END IF;
        RETURN NEW;
    END IF;
    SELECT proposal.* INTO running FROM execution JOIN proposal ON proposal.id = execution.proposal_id
        WHERE execution.id = NEW.execution_id AND proposal.action = 'activate_policy'
            AND proposal.content::jsonb #>> '{arguments,version}' = wanted.version
            AND EXISTS (SELECT FROM execution_sending WHERE execution_id = execution.id)
            AND NOT EXISTS (SELECT FROM execution_outcome WHERE execution_id = execution.id);
    IF running.id IS NULL THEN
        RAISE EXCEPTION 'A policy comes into force only by carrying out an approved proposal for it.' USING ERRCODE = 'EX332';
    ELSIF running.content::jsonb #>> '{arguments,replaces}' IS DISTINCT FROM current.version THEN
        RAISE EXCEPTION 'P% was compared with another policy than %, which is in force now.', running.id, current.version
            USING ERRCODE = 'EX333';
    ELSIF EXISTS (SELECT FROM decision WHERE proposal_id = running.id AND person_id = wanted.author_id) THEN
        RAISE EXCEPTION 'P% was approved by whoever wrote the policy.', running.id USING ERRCODE = 'EX334';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_activation BEFORE INSERT ON policy_activation FOR EACH ROW EXECUTE FUNCTION check_activation();

CREATE FUNCTION audit_policy() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    about policy_version;
BEGIN
    IF TG_TABLE_NAME = 'policy_version' THEN
        PERFORM write_audit('policy.stored', 'policy:' || NEW.version, to_jsonb(NEW), NEW.author_id);
    ELSE
        SELECT * INTO about FROM policy_version WHERE id = NEW.policy_id;
        PERFORM write_audit('policy.activated', 'policy:' || about.version, to_jsonb(NEW) || jsonb_build_object(
            'version', about.version, 'sha256', about.sha256,
            'replaced', (SELECT version FROM policy_version WHERE id = NEW.replaces),
            'proposal_id', (SELECT proposal_id FROM execution WHERE id = NEW.execution_id)), NULL);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_policy AFTER INSERT ON policy_version FOR EACH ROW EXECUTE FUNCTION audit_policy();
CREATE TRIGGER audit_policy AFTER INSERT ON policy_activation FOR EACH ROW EXECUTE FUNCTION audit_policy();

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA expediter FROM PUBLIC;
GRANT SELECT ON policy_version, policy_activation, policy_in_force TO expediter_serve, expediter_worker, expediter_executor;
GRANT INSERT (version, text, author_id, reason) ON policy_version TO expediter_serve;
GRANT INSERT (policy_id, execution_id) ON policy_activation TO expediter_executor;
