-- A mail is put on a record of the ERP as an approved proposal says. Who carries that out sees the mail while it does, and no other.

CREATE FUNCTION mail_being_filed(wanted bigint) RETURNS bytea LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = expediter, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM execution JOIN proposal ON proposal.id = execution.proposal_id
        WHERE proposal.action = 'file_mail' AND proposal.content::jsonb #>> '{arguments,mail}' = wanted::text
            AND NOT EXISTS (SELECT FROM execution_outcome WHERE execution_outcome.execution_id = execution.id)) THEN
        RAISE EXCEPTION 'M% is shown only to whoever carries out an approved proposal to put it on a record.', wanted
            USING ERRCODE = 'EX353';
    END IF;
    RETURN (SELECT raw FROM mail WHERE id = wanted);
END $$;
REVOKE EXECUTE ON FUNCTION mail_being_filed(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mail_being_filed(bigint) TO expediter_executor;
