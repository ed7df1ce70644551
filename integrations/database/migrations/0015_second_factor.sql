-- A code from the person's authenticator (RFC 6238), where a rule of the policy asks for one. Only serve reads the secret, and stores it
-- encrypted with a key the database does not have: neither its owner nor a copy of it can make codes.

CREATE TABLE authenticator (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id bigint NOT NULL REFERENCES person,
    sealed text NOT NULL CHECK (length(sealed) BETWEEN 1 AND 1000),
    enrolled_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    confirmed_at timestamptz,
    removed_at timestamptz
);
CREATE UNIQUE INDEX authenticator_one_a_person ON authenticator (person_id) WHERE removed_at IS NULL;

-- A code that was accepted. It is good for what is done in the same transaction (one click, be it on many lines), and never again.
CREATE TABLE second_factor_use (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    authenticator_id bigint NOT NULL REFERENCES authenticator,
    person_id bigint NOT NULL REFERENCES person,
    counter bigint NOT NULL,
    used_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    click xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT second_factor_used_once UNIQUE (authenticator_id, counter)
);

CREATE TABLE second_factor_miss (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id bigint NOT NULL REFERENCES person,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX second_factor_miss_at ON second_factor_miss (person_id, at);

-- The person's authenticator, held until the caller's transaction ends so that guesses are counted one after the other; no row
-- when they have none. After 5 wrong codes in 15 minutes it is not looked at.
CREATE FUNCTION authenticator_of(wanted bigint, OUT id bigint, OUT sealed text, OUT confirmed boolean, OUT now timestamptz)
RETURNS SETOF record LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    fifth timestamptz;
BEGIN
    SELECT authenticator.id, authenticator.sealed, confirmed_at IS NOT NULL INTO id, sealed, confirmed
        FROM authenticator WHERE person_id = wanted AND removed_at IS NULL FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT at INTO fifth FROM second_factor_miss
        WHERE person_id = wanted AND at > clock_timestamp() - interval '15 minutes' ORDER BY at DESC OFFSET 4 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '5 wrong codes came within 15 minutes; codes are looked at again from % UTC.',
            to_char((fifth + interval '15 minutes') AT TIME ZONE 'UTC', 'HH24:MI:SS') USING ERRCODE = 'EX230';
    END IF;
    now := clock_timestamp();
    RETURN NEXT;
END $$;

CREATE FUNCTION check_second_factor_use() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM authenticator WHERE id = NEW.authenticator_id AND person_id = NEW.person_id
            AND removed_at IS NULL) THEN
        RAISE EXCEPTION 'Whoever has no authenticator has no code.' USING ERRCODE = 'EX231';
    ELSIF abs(NEW.counter * 30 - extract(epoch FROM clock_timestamp())) > 120 THEN
        RAISE EXCEPTION 'A code is good for its half minute, and no code of another time is.' USING ERRCODE = 'EX231';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_second_factor_use BEFORE INSERT ON second_factor_use FOR EACH ROW EXECUTE FUNCTION check_second_factor_use();

CREATE FUNCTION code_came(wanted bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
    SELECT EXISTS (SELECT FROM second_factor_use WHERE person_id = wanted AND click = pg_current_xact_id_if_assigned())
$$;

-- Who could take a factor away, or put another in its place, without having it could do without.
CREATE FUNCTION check_authenticator() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    IF (NEW.id, NEW.person_id, NEW.sealed, NEW.enrolled_at) IS DISTINCT FROM (OLD.id, OLD.person_id, OLD.sealed, OLD.enrolled_at)
        OR OLD.removed_at IS NOT NULL OR (OLD.confirmed_at IS NOT NULL AND NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at) THEN
        RAISE EXCEPTION 'An authenticator is confirmed once and removed once; nothing else of it changes.' USING ERRCODE = 'EX232';
    ELSIF OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL AND NOT code_came(NEW.person_id) THEN
        RAISE EXCEPTION 'An authenticator is confirmed by a code it shows.' USING ERRCODE = 'EX232';
    ELSIF OLD.confirmed_at IS NOT NULL AND NEW.removed_at IS NOT NULL AND process_name() <> 'admin'
        AND NOT code_came(NEW.person_id) THEN
        RAISE EXCEPTION 'An authenticator is removed with a code it shows, or by an admin.' USING ERRCODE = 'EX232';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_authenticator BEFORE UPDATE ON authenticator FOR EACH ROW EXECUTE FUNCTION check_authenticator();

CREATE FUNCTION audit_authenticator() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    PERFORM write_audit('authenticator.' || CASE WHEN TG_OP = 'INSERT' THEN 'enrolled' WHEN NEW.removed_at IS NOT NULL THEN 'removed'
        ELSE 'confirmed' END, 'person:' || NEW.person_id, jsonb_build_object('authenticator', NEW.id), NEW.person_id);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_authenticator AFTER INSERT OR UPDATE ON authenticator FOR EACH ROW EXECUTE FUNCTION audit_authenticator();

ALTER TABLE decision ADD COLUMN second_factor_wanted boolean NOT NULL DEFAULT false,
    ADD COLUMN second_factor_id bigint REFERENCES second_factor_use;
ALTER TABLE approval_grant ADD COLUMN second_factor_wanted boolean NOT NULL DEFAULT false;

CREATE FUNCTION check_second_factor() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    IF NEW.second_factor_id IS NOT NULL AND NOT EXISTS (SELECT FROM second_factor_use
            WHERE id = NEW.second_factor_id AND person_id = NEW.person_id AND click = pg_current_xact_id()) THEN
        RAISE EXCEPTION 'The code given for P% was another person''s, or came with another click.', NEW.proposal_id USING ERRCODE = 'EX233';
    ELSIF NEW.second_factor_wanted AND NEW.verdict = 'approve' AND NEW.second_factor_id IS NULL THEN
        RAISE EXCEPTION 'Approving P% takes a code from your authenticator.', NEW.proposal_id USING ERRCODE = 'EX234';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_second_factor BEFORE INSERT ON decision FOR EACH ROW EXECUTE FUNCTION check_second_factor();

CREATE FUNCTION check_second_factors() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    lacking text;
BEGIN
    SELECT handle INTO lacking FROM decision JOIN person ON person.id = person_id
        WHERE proposal_id = NEW.proposal_id AND verdict = 'approve' AND second_factor_id IS NULL
            AND (NEW.second_factor_wanted OR decision.second_factor_wanted) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'P% wants a second factor, and % approved without one.', NEW.proposal_id, lacking USING ERRCODE = 'EX235';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_second_factors BEFORE INSERT ON approval_grant FOR EACH ROW EXECUTE FUNCTION check_second_factors();

-- Clicks that were refused. Written by serve; so many of a person in ten minutes and no more, or the log could be flooded.
CREATE TABLE decision_refusal (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    proposal_id bigint NOT NULL REFERENCES proposal,
    person_id bigint NOT NULL REFERENCES person,
    kind text NOT NULL CHECK (kind ~ '^[a-z_]{1,40}$'),
    said text NOT NULL CHECK (length(said) <= 1000),
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX decision_refusal_person ON decision_refusal (person_id, at);

CREATE FUNCTION note_refusal(wanted bigint, who bigint, what text, sentence text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    PERFORM FROM person WHERE id = who FOR NO KEY UPDATE;
    IF (SELECT count(*) FROM decision_refusal WHERE person_id = who AND at > clock_timestamp() - interval '10 minutes') >= 20 THEN
        RETURN false;
    END IF;
    INSERT INTO decision_refusal (proposal_id, person_id, kind, said) VALUES (wanted, who, what, left(sentence, 1000));
    PERFORM write_audit('decision.refused', 'proposal:' || wanted, jsonb_build_object('kind', what, 'said', left(sentence, 1000)), who);
    RETURN true;
END $$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA expediter FROM PUBLIC;
GRANT SELECT, INSERT (person_id, sealed), UPDATE (confirmed_at, removed_at) ON authenticator TO expediter_serve;
GRANT SELECT, INSERT (authenticator_id, person_id, counter) ON second_factor_use TO expediter_serve;
GRANT INSERT (person_id) ON second_factor_miss TO expediter_serve;
GRANT INSERT (second_factor_wanted, second_factor_id) ON decision TO expediter_serve;
GRANT INSERT (second_factor_wanted) ON approval_grant TO expediter_serve;
GRANT SELECT ON decision_refusal TO expediter_serve, expediter_worker;
GRANT EXECUTE ON FUNCTION authenticator_of(bigint), note_refusal(bigint, bigint, text, text) TO expediter_serve;
