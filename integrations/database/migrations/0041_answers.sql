-- Answers to mails. A mail says where answers are wanted and what it answers itself; an answer goes out once, only as an approved
-- proposal is carried out, and nobody gets more than four in 24 hours. A draft is put into a mailbox once.

ALTER TABLE inbound DROP CONSTRAINT inbound_kind_check;
ALTER TABLE inbound ADD CONSTRAINT inbound_kind_check CHECK (kind IN ('chat', 'undo', 'propose', 'edit', 'policy', 'dry_run', 'reply'));

CREATE TABLE mail_envelope (
    mail_id bigint PRIMARY KEY REFERENCES mail,
    reply_to text[] NOT NULL,
    thread text[] NOT NULL
);
CREATE INDEX mail_received ON mail (mailbox, received_at);

-- Begun: the mail server has heard everything but the words. From then on it may have been sent, unless the server refused it.
CREATE TABLE mail_sending (
    execution_id bigint NOT NULL,
    number integer NOT NULL,
    stage text NOT NULL CHECK (stage IN ('begun', 'accepted', 'refused')),
    mail_id bigint NOT NULL REFERENCES mail,
    recipient text NOT NULL,
    said text CHECK (length(said) <= 2000),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (execution_id, number, stage),
    FOREIGN KEY (execution_id, number) REFERENCES execution_sending
);
CREATE INDEX mail_sending_of ON mail_sending (mail_id);
CREATE INDEX mail_sending_to ON mail_sending (recipient, at);

-- What was sent, or may have been: not refused by the server, and nobody looked and saw that it was not.
CREATE VIEW mail_answering AS
SELECT execution.id AS execution_id, execution.proposal_id, mail_sending.mail_id, mail_sending.recipient, mail_sending.at
FROM mail_sending JOIN execution ON execution.id = mail_sending.execution_id
WHERE stage = 'begun' AND NOT EXISTS (
        SELECT FROM mail_sending AS answer WHERE answer.execution_id = mail_sending.execution_id
            AND answer.number = mail_sending.number AND answer.stage = 'refused')
    AND NOT EXISTS (SELECT FROM execution_resolution WHERE execution_id = execution.id AND NOT took_effect);

CREATE FUNCTION check_mail_sending() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    running proposal;
    other bigint;
BEGIN
    SELECT proposal.* INTO running FROM execution JOIN proposal ON proposal.id = execution.proposal_id
        WHERE execution.id = NEW.execution_id AND proposal.action = 'reply_to_mail' AND proposal.subject_model = 'mail'
            AND NOT EXISTS (SELECT FROM execution_outcome WHERE execution_id = execution.id);
    IF running.id IS NULL THEN
        RAISE EXCEPTION 'A mail is sent only by carrying out an approved answer.' USING ERRCODE = 'EX350';
    END IF;
    NEW.mail_id := running.subject_id;
    NEW.recipient := lower(running.content::jsonb #>> '{before,to}');
    IF NEW.stage <> 'begun' THEN
        RETURN NEW;
    END IF;
    -- Of two that begin at once the second sees the first.
    PERFORM FROM execution_turn FOR UPDATE;
    SELECT proposal_id INTO other FROM mail_answering WHERE mail_id = NEW.mail_id LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'M% was answered, or may have been, with P%.', NEW.mail_id, other USING ERRCODE = 'EX351';
    ELSIF (SELECT count(*) FROM mail_answering WHERE recipient = NEW.recipient AND at > clock_timestamp() - interval '24 hours') >= 4 THEN
        RAISE EXCEPTION '% got four answers in 24 hours, the most there may be; P% was not sent.', NEW.recipient, running.id
            USING ERRCODE = 'EX352';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_mail_sending BEFORE INSERT ON mail_sending FOR EACH ROW EXECUTE FUNCTION check_mail_sending();

-- Looked at once: saved, or passed over for a reason.
CREATE TABLE mail_draft (
    mail_id bigint PRIMARY KEY REFERENCES mail,
    passed_over text CHECK (length(passed_over) BETWEEN 1 AND 2000),
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Held until the transaction ends, as by claim_mail. What came long before somebody asked for drafts gets none.
CREATE FUNCTION claim_draft(wanted text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = expediter, pg_temp AS $$
DECLARE
    claimed bigint;
BEGIN
    LOOP
        SELECT mail.id INTO claimed FROM mail JOIN mail_triage ON mail_id = mail.id
            WHERE mail.mailbox = wanted AND received_at > clock_timestamp() - interval '2 days' AND result ->> 'draft' IS NOT NULL
                AND NOT EXISTS (SELECT FROM mail_draft WHERE mail_draft.mail_id = mail.id)
            ORDER BY mail.id LIMIT 1 FOR NO KEY UPDATE OF mail SKIP LOCKED;
        EXIT WHEN claimed IS NULL OR NOT EXISTS (SELECT FROM mail_draft WHERE mail_id = claimed);
    END LOOP;
    RETURN claimed;
END $$;

REVOKE EXECUTE ON FUNCTION check_mail_sending(), claim_draft(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION claim_draft(text) TO expediter_worker;

GRANT SELECT, INSERT (mail_id, reply_to, thread) ON mail_envelope TO expediter_worker;
GRANT SELECT, INSERT (mail_id, passed_over) ON mail_draft TO expediter_worker;
GRANT SELECT ON mail_sending, mail_answering TO expediter_worker;
GRANT SELECT, INSERT (execution_id, number, stage, said) ON mail_sending TO expediter_executor;
-- The executor learns of a mail what answering takes, and not what it says.
GRANT SELECT (id, mailbox, received_at, sender, sent_at, subject, message_id) ON mail TO expediter_executor;
GRANT SELECT ON mail_envelope, mail_triage, mail_answering TO expediter_executor;
GRANT SELECT (message_id) ON mail TO expediter_serve;
GRANT SELECT ON mail_envelope, mail_answering, mail_draft TO expediter_serve;
