-- Told once, of what holds now: who was told another day since is told the earlier one again when it comes back.

-- For each order and day that its customer is told, or was told last.
CREATE VIEW delay_told AS
SELECT told.proposal_id, told.order_name, told.expected
FROM (
    SELECT proposal.id AS proposal_id, state, late ->> 'order' AS order_name, left(late ->> 'expected', 10)::date AS expected,
        rank() OVER (PARTITION BY late ->> 'order', state = 'done' ORDER BY finished_at DESC) AS place
    FROM proposal JOIN proposal_state ON proposal_state.proposal_id = proposal.id
        LEFT JOIN execution ON execution.proposal_id = proposal.id
        LEFT JOIN execution_outcome ON execution_outcome.execution_id = execution.id,
        jsonb_array_elements(coalesce(content::jsonb #> '{arguments,delays}', '[]')) AS late
    WHERE action = 'send_customer_update' AND state IN ('pending', 'granted', 'executing', 'done', 'uncertain')
) AS told
WHERE state <> 'done' OR place = 1;

CREATE OR REPLACE FUNCTION refuse_telling_twice() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    told record;
BEGIN
    -- Others that tell customers of delays wait here until this one is there for all, or is not.
    PERFORM pg_advisory_xact_lock(hashtext('expediter.delays_told'));
    SELECT known.proposal_id AS id, known.order_name INTO told
    FROM jsonb_array_elements(NEW.content::jsonb #> '{arguments,delays}') AS late
        JOIN delay_told AS known ON known.order_name = late ->> 'order'
            AND known.expected IS NOT DISTINCT FROM left(late ->> 'expected', 10)::date
    WHERE known.proposal_id <> NEW.id AND known.proposal_id IS DISTINCT FROM NEW.supersedes
    LIMIT 1;
    IF told.id IS NOT NULL THEN
        RAISE EXCEPTION 'The customer of % was told of this delay, or is about to be, with P%; ask again what is left to tell.',
            told.order_name, told.id USING ERRCODE = 'EX134';
    END IF;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION refuse_telling_twice() FROM PUBLIC;

GRANT SELECT ON delay_told TO expediter_worker;
