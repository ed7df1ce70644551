-- What Expediter changed itself is looked at again at once. The database queues it: the executor has no right in the worker's queue.

CREATE FUNCTION look_again() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
BEGIN
    PERFORM procrastinate.procrastinate_defer_jobs_v1(ARRAY[ROW('worker', 'rescan', 0, NULL, NULL,
        jsonb_build_object('model', subject_model, 'record_id', subject_id, 'name', subject_name), NULL
        )::procrastinate.procrastinate_job_to_defer_v1])
    FROM execution JOIN proposal ON proposal.id = execution.proposal_id
    WHERE execution.id = NEW.execution_id AND NEW.outcome IN ('done', 'uncertain');
    RETURN NULL;
END $$;
CREATE TRIGGER look_again AFTER INSERT ON execution_outcome FOR EACH ROW EXECUTE FUNCTION look_again();
REVOKE EXECUTE ON FUNCTION look_again() FROM PUBLIC;
