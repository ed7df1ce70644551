-- What the executor would do now is asked of the worker, which reads the ERP; serve cannot.

ALTER TABLE inbound DROP CONSTRAINT inbound_kind_check;
ALTER TABLE inbound ADD CONSTRAINT inbound_kind_check CHECK (kind IN ('chat', 'undo', 'propose', 'edit', 'policy', 'dry_run'));
