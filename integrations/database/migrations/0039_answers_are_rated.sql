-- Whether an answer in Slack helped, and why not. Only added; the last word of a person on an answer counts.

CREATE TABLE slack_rating (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    inbound_id bigint NOT NULL REFERENCES slack_question,
    person_id bigint NOT NULL REFERENCES person,
    helpful boolean NOT NULL,
    reason text CONSTRAINT slack_rating_reason_check CHECK (length(reason) BETWEEN 1 AND 2000),
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX slack_rating_inbound ON slack_rating (inbound_id);

GRANT SELECT, INSERT (inbound_id, person_id, helpful, reason) ON slack_rating TO expediter_serve;
GRANT SELECT ON slack_rating TO expediter_worker;
