-- Who is away, from when until when, and who stands in. A deputy decides with the absent person's roles, for that time only.

CREATE TABLE absence (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id bigint NOT NULL REFERENCES person,
    deputy_id bigint NOT NULL REFERENCES person,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    noted_by bigint NOT NULL REFERENCES person,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT absence_ends_later CHECK (ends_at > starts_at AND ends_at <= starts_at + interval '366 days'),
    CONSTRAINT absence_by_another CHECK (person_id <> deputy_id)
);
CREATE INDEX absence_deputy ON absence (deputy_id, ends_at);

CREATE TABLE absence_end (
    absence_id bigint PRIMARY KEY REFERENCES absence,
    ended_by bigint NOT NULL REFERENCES person,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE VIEW absence_valid AS
SELECT absence.id, person_id, deputy_id, starts_at, least(ends_at, absence_end.at) AS ends_at
FROM absence LEFT JOIN absence_end ON absence_end.absence_id = absence.id;

ALTER TABLE decision ADD COLUMN for_person_id bigint REFERENCES person;
COMMENT ON COLUMN decision.for_person_id IS 'the absent person with whose roles it was taken; NULL: with one''s own';

-- Only oneself or an admin says so, and whoever says so hands on no authority but that person's own.
CREATE FUNCTION check_absence() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    who person;
BEGIN
    SELECT * INTO who FROM person WHERE id = NEW.noted_by AND active;
    IF who.id IS NULL OR (who.id <> NEW.person_id AND NOT who.roles && '{admin}') THEN
        RAISE EXCEPTION 'Only the person concerned or an admin can say that somebody is away.' USING ERRCODE = 'EX340';
    ELSIF (SELECT count(*) FROM person WHERE id IN (NEW.person_id, NEW.deputy_id) AND active) <> 2 THEN
        RAISE EXCEPTION 'Only an active person can be away, and only an active person can stand in.' USING ERRCODE = 'EX140';
    ELSIF NEW.ends_at <= clock_timestamp() THEN
        RAISE EXCEPTION 'That absence is over already.' USING ERRCODE = 'EX141';
    END IF;
    -- What is past stays past: nobody becomes a deputy for decisions that were taken before.
    NEW.starts_at := greatest(NEW.starts_at, clock_timestamp());
    RETURN NEW;
END $$;
CREATE TRIGGER check_absence BEFORE INSERT ON absence FOR EACH ROW EXECUTE FUNCTION check_absence();

CREATE FUNCTION check_absence_end() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM absence JOIN person ON person.id = NEW.ended_by AND person.active
        WHERE absence.id = NEW.absence_id AND (person.id = absence.person_id OR person.roles && '{admin}')) THEN
        RAISE EXCEPTION 'Only the person concerned or an admin can end an absence.' USING ERRCODE = 'EX341';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_absence_end BEFORE INSERT ON absence_end FOR EACH ROW EXECUTE FUNCTION check_absence_end();

CREATE FUNCTION check_deputy() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    absent person;
BEGIN
    IF EXISTS (SELECT FROM decision WHERE proposal_id = NEW.proposal_id AND for_person_id = NEW.person_id) THEN
        RAISE EXCEPTION 'Your deputy has already decided on P% for you; nobody decides twice.', NEW.proposal_id USING ERRCODE = 'EX240';
    ELSIF NEW.for_person_id IS NULL THEN
        RETURN NEW;
    END IF;
    SELECT * INTO absent FROM person WHERE id = NEW.for_person_id AND active;
    IF absent.id IS NULL OR NOT EXISTS (SELECT FROM absence_valid WHERE person_id = absent.id AND deputy_id = NEW.person_id
        AND clock_timestamp() >= starts_at AND clock_timestamp() < ends_at) THEN
        RAISE EXCEPTION 'You do not stand in for this person at this moment.' USING ERRCODE = 'EX241';
    ELSIF EXISTS (SELECT FROM proposal WHERE id = NEW.proposal_id AND (asker_id = absent.id OR policy_author(proposal) = absent.id)) THEN
        RAISE EXCEPTION 'P% is of %, for whom you stand in; someone else has to decide on it.', NEW.proposal_id, absent.handle
            USING ERRCODE = 'EX242';
    ELSIF EXISTS (SELECT FROM decision WHERE proposal_id = NEW.proposal_id AND absent.id IN (person_id, for_person_id)) THEN
        RAISE EXCEPTION '% has already decided on P%; nobody decides twice, not even through a deputy.', absent.handle, NEW.proposal_id
            USING ERRCODE = 'EX243';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_deputy BEFORE INSERT ON decision FOR EACH ROW EXECUTE FUNCTION check_deputy();

CREATE FUNCTION audit_absence() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'absence' THEN
        PERFORM write_audit('absence.noted', 'person:' || NEW.person_id, to_jsonb(NEW) || jsonb_build_object(
            'handle', (SELECT handle FROM person WHERE id = NEW.person_id), 'deputy', (SELECT handle FROM person WHERE id = NEW.deputy_id)),
            NEW.noted_by);
    ELSE
        PERFORM write_audit('absence.ended', 'person:' || (SELECT person_id FROM absence WHERE id = NEW.absence_id), to_jsonb(NEW), NEW.ended_by);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_absence AFTER INSERT ON absence FOR EACH ROW EXECUTE FUNCTION audit_absence();
CREATE TRIGGER audit_absence AFTER INSERT ON absence_end FOR EACH ROW EXECUTE FUNCTION audit_absence();

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA expediter FROM PUBLIC;
GRANT SELECT ON absence, absence_end, absence_valid TO expediter_serve, expediter_worker, expediter_executor;
GRANT INSERT (person_id, deputy_id, starts_at, ends_at, noted_by) ON absence TO expediter_serve;
GRANT INSERT (absence_id, ended_by) ON absence_end TO expediter_serve;
GRANT INSERT (for_person_id) ON decision TO expediter_serve;
