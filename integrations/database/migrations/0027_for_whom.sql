-- For whom a deputy decided, by name, so that the audit log's entry tells it.

ALTER TABLE decision ADD COLUMN for_handle text;

CREATE FUNCTION name_absent() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    NEW.for_handle := (SELECT handle FROM person WHERE id = NEW.for_person_id);
    RETURN NEW;
END $$;
CREATE TRIGGER name_absent BEFORE INSERT ON decision FOR EACH ROW EXECUTE FUNCTION name_absent();

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA expediter FROM PUBLIC;
