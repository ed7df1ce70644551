-- Proposal → decisions → grant → execution. Rows are only ever added; what state a proposal is in is a view over them.

CREATE TABLE proposal (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    inbound_id bigint NOT NULL REFERENCES inbound,
    asker_id bigint NOT NULL REFERENCES person,
    content text NOT NULL CHECK (length(content) <= 200000),
    sha256 text NOT NULL,
    action text NOT NULL,
    subject_model text NOT NULL,
    subject_id bigint NOT NULL,
    subject_name text NOT NULL,
    rationale text NOT NULL CHECK (length(rationale) <= 10000),
    origin text NOT NULL CHECK (origin IN ('model', 'rules')),
    model text,
    prompt_sha256 text,
    inverse_of bigint REFERENCES proposal,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    UNIQUE (id, sha256)
);
CREATE INDEX proposal_subject ON proposal (subject_model, subject_id);
CREATE INDEX proposal_inbound ON proposal (inbound_id);
CREATE INDEX proposal_inverse_of ON proposal (inverse_of) WHERE inverse_of IS NOT NULL;

CREATE TABLE decision (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    proposal_id bigint NOT NULL,
    sha256 text NOT NULL,
    step smallint NOT NULL CHECK (step >= 0),
    earlier smallint NOT NULL CHECK (earlier >= 0),
    person_id bigint NOT NULL REFERENCES person,
    verdict text NOT NULL CHECK (verdict IN ('approve', 'reject')),
    reason text NOT NULL CHECK (length(reason) <= 10000),
    policy_version text NOT NULL,
    rule text NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT decision_for_what_was_shown FOREIGN KEY (proposal_id, sha256) REFERENCES proposal (id, sha256),
    CONSTRAINT decision_one_step_a_person UNIQUE (proposal_id, person_id)
);

CREATE TABLE approval_grant (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    proposal_id bigint NOT NULL,
    sha256 text NOT NULL,
    steps smallint NOT NULL CHECK (steps >= 1),
    policy_version text NOT NULL,
    granted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT grant_one_a_proposal UNIQUE (proposal_id),
    CONSTRAINT grant_for_what_was_shown FOREIGN KEY (proposal_id, sha256) REFERENCES proposal (id, sha256),
    UNIQUE (id, proposal_id, sha256)
);

CREATE TABLE execution (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    grant_id bigint NOT NULL,
    proposal_id bigint NOT NULL,
    sha256 text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT execution_one_a_grant UNIQUE (grant_id),
    CONSTRAINT execution_of_what_was_granted
        FOREIGN KEY (grant_id, proposal_id, sha256) REFERENCES approval_grant (id, proposal_id, sha256)
);
CREATE INDEX execution_proposal ON execution (proposal_id);

CREATE TABLE execution_attempt (
    execution_id bigint NOT NULL REFERENCES execution,
    number integer NOT NULL CHECK (number >= 1),
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (execution_id, number)
);

CREATE TABLE execution_sending (
    execution_id bigint NOT NULL,
    number integer NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (execution_id, number),
    FOREIGN KEY (execution_id, number) REFERENCES execution_attempt
);

CREATE TABLE execution_outcome (
    execution_id bigint PRIMARY KEY REFERENCES execution,
    outcome text NOT NULL CHECK (outcome IN ('done', 'failed', 'refused_stale', 'uncertain')),
    detail text NOT NULL,
    evidence jsonb NOT NULL,
    finished_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE VIEW proposal_state AS
SELECT proposal.id AS proposal_id,
    CASE
        WHEN execution_outcome.outcome IS NOT NULL THEN execution_outcome.outcome
        WHEN execution.id IS NOT NULL THEN 'executing'
        WHEN EXISTS (SELECT FROM decision WHERE decision.proposal_id = proposal.id AND verdict = 'reject') THEN 'rejected'
        WHEN coalesce(approval_grant.expires_at, proposal.expires_at) <= now() THEN 'expired'
        WHEN approval_grant.id IS NOT NULL THEN 'granted'
        ELSE 'pending'
    END AS state,
    execution_outcome.detail AS outcome_detail
FROM proposal
LEFT JOIN approval_grant ON approval_grant.proposal_id = proposal.id
LEFT JOIN execution ON execution.grant_id = approval_grant.id
LEFT JOIN execution_outcome ON execution_outcome.execution_id = execution.id;

GRANT SELECT ON proposal, decision, approval_grant, execution, execution_attempt, execution_sending, execution_outcome, proposal_state
    TO expediter_serve, expediter_worker, expediter_executor;
GRANT INSERT (inbound_id, content, rationale, origin, model, prompt_sha256, inverse_of, expires_at) ON proposal TO expediter_worker;
GRANT INSERT (proposal_id, sha256, step, earlier, person_id, verdict, reason, policy_version, rule) ON decision TO expediter_serve;
GRANT INSERT (proposal_id, sha256, steps, policy_version, expires_at) ON approval_grant TO expediter_serve;
GRANT INSERT (grant_id, proposal_id, sha256) ON execution TO expediter_executor;
GRANT INSERT (execution_id, number) ON execution_attempt, execution_sending TO expediter_executor;
GRANT INSERT (execution_id, outcome, detail, evidence) ON execution_outcome TO expediter_executor;
