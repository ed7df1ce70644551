-- A later step rests on the earlier ones: what a deputy decided in an absence that was cancelled since adds up to no grant. Serve says so
-- at the click, and the executor judges once more.

CREATE FUNCTION check_stood_in() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    deputy text;
    absent text;
BEGIN
    SELECT person.handle, other.handle INTO deputy, absent FROM decision JOIN person ON person.id = decision.person_id
        JOIN person AS other ON other.id = for_person_id
        WHERE proposal_id = NEW.proposal_id AND verdict = 'approve' AND NOT EXISTS (
            SELECT FROM absence_valid WHERE absence_valid.person_id = for_person_id AND deputy_id = decision.person_id
                AND decided_at >= starts_at AND decided_at < ends_at) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '% approved P% for %, but did not stand in for % then: the absence was cancelled.', deputy, NEW.proposal_id, absent, absent
            USING ERRCODE = 'EX244';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_stood_in BEFORE INSERT ON approval_grant FOR EACH ROW EXECUTE FUNCTION check_stood_in();

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA expediter FROM PUBLIC;
