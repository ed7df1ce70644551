-- Of one delay a customer is told once: two people who ask at the same moment cannot both have a message on its way.

CREATE FUNCTION refuse_telling_twice() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    told record;
BEGIN
    -- Others that tell customers of delays wait here until this one is there for all, or is not.
    PERFORM pg_advisory_xact_lock(hashtext('expediter.delays_told'));
    SELECT known.id, late ->> 'order' AS order_name INTO told
    FROM jsonb_array_elements(NEW.content::jsonb #> '{arguments,delays}') AS late,
        proposal AS known JOIN proposal_state ON proposal_id = known.id,
        jsonb_array_elements(coalesce(known.content::jsonb #> '{arguments,delays}', '[]')) AS earlier
    WHERE known.action = 'send_customer_update' AND known.id <> NEW.id AND known.id IS DISTINCT FROM NEW.supersedes
        AND state IN ('pending', 'granted', 'executing', 'done', 'uncertain')
        AND earlier ->> 'order' = late ->> 'order'
        AND left(earlier ->> 'expected', 10) IS NOT DISTINCT FROM left(late ->> 'expected', 10)
    LIMIT 1;
    IF told.id IS NOT NULL THEN
        RAISE EXCEPTION 'The customer of % was told of this delay, or is about to be, with P%; ask again what is left to tell.',
            told.order_name, told.id USING ERRCODE = 'EX134';
    END IF;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION refuse_telling_twice() FROM PUBLIC;
CREATE TRIGGER refuse_telling_twice AFTER INSERT ON proposal FOR EACH ROW
    WHEN (NEW.action = 'send_customer_update' AND NEW.content::jsonb #> '{arguments,delays}' IS NOT NULL)
    EXECUTE FUNCTION refuse_telling_twice();

CREATE INDEX proposal_customer_updates ON proposal (id) WHERE action = 'send_customer_update';
