-- Whoever hands out authority takes none: an admin who notes that somebody is away does not stand in, and only a role that decides
-- lets a person stand in. Both hold when an absence is noted; the second again when a deputy decides, for roles are taken away.

-- The roles of DECIDING_ROLES: auditor and admin never decide, also not for somebody else.
CREATE FUNCTION may_ever_decide(wanted bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
    SELECT EXISTS (SELECT FROM person WHERE id = wanted
        AND roles && '{ops_agent,warehouse_lead,buyer,purchasing_manager,sales_manager,finance,ops_manager}')
$$;

CREATE OR REPLACE FUNCTION check_absence() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    who person;
BEGIN
    SELECT * INTO who FROM person WHERE id = NEW.noted_by AND active;
    IF who.id IS NULL OR (who.id <> NEW.person_id AND NOT who.roles && '{admin}') THEN
        RAISE EXCEPTION 'Only the person concerned or an admin can say that somebody is away.' USING ERRCODE = 'EX340';
    ELSIF NEW.deputy_id = NEW.person_id THEN
        RAISE EXCEPTION 'Nobody stands in for themselves; name somebody else as deputy.' USING ERRCODE = 'EX142';
    ELSIF (SELECT count(*) FROM person WHERE id IN (NEW.person_id, NEW.deputy_id) AND active) <> 2 THEN
        RAISE EXCEPTION 'Only an active person can be away, and only an active person can stand in.' USING ERRCODE = 'EX140';
    ELSIF NEW.deputy_id = who.id THEN
        RAISE EXCEPTION 'You cannot name yourself as deputy; whoever is away has to, or another admin.' USING ERRCODE = 'EX343';
    ELSIF NOT may_ever_decide(NEW.deputy_id) THEN
        RAISE EXCEPTION '% has no role that decides, and so cannot stand in.', (SELECT handle FROM person WHERE id = NEW.deputy_id)
            USING ERRCODE = 'EX143';
    ELSIF NEW.ends_at <= clock_timestamp() THEN
        RAISE EXCEPTION 'That absence is over already.' USING ERRCODE = 'EX141';
    END IF;
    -- What is past stays past: nobody becomes a deputy for decisions that were taken before.
    NEW.starts_at := greatest(NEW.starts_at, clock_timestamp());
    RETURN NEW;
END $$;

CREATE FUNCTION check_deputy_decides() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    IF NEW.for_person_id IS NOT NULL AND NOT may_ever_decide(NEW.person_id) THEN
        RAISE EXCEPTION 'You have no role that decides, and so stand in for nobody.' USING ERRCODE = 'EX344';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_deputy_decides BEFORE INSERT ON decision FOR EACH ROW EXECUTE FUNCTION check_deputy_decides();

-- Whoever had a part in a proposal does not say what became of it: editors and whoever asked for its group too.
CREATE OR REPLACE FUNCTION check_resolution() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
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
    ELSIF NEW.person_id IN (SELECT authors_of(resolved.id)) OR NEW.person_id = policy_author(resolved) THEN
        RAISE EXCEPTION 'You had a part in P%; someone else has to look what became of it.', resolved.id USING ERRCODE = 'EX217';
    ELSIF NOT EXISTS (SELECT FROM person WHERE id = NEW.person_id AND active) THEN
        RAISE EXCEPTION 'Only an active person can resolve P%.', resolved.id USING ERRCODE = 'EX216';
    END IF;
    RETURN NEW;
END $$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA expediter FROM PUBLIC;
