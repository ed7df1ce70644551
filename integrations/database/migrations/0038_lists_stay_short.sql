-- What waits has not expired, and what lapsed lately has just done so: neither is looked for among all that ever was.

CREATE INDEX proposal_expires_at ON proposal (expires_at, id);
