-- Conversations are kept by LangGraph for the worker alone; its tables are made at migration, so the worker needs no right to make any.

GRANT USAGE ON SCHEMA langgraph TO expediter_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON langgraph.checkpoints, langgraph.checkpoint_blobs, langgraph.checkpoint_writes TO expediter_worker;
