-- What was rejected, or ended in one way, is found by what says so, and not among all that ever was proposed.

CREATE INDEX decision_rejected ON decision (proposal_id) WHERE verdict = 'reject';
CREATE INDEX execution_outcome_by_outcome ON execution_outcome (outcome, execution_id);
