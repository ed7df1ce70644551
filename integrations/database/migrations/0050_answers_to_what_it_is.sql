-- What a mail is, as people corrected it, decides who approves an answer to it.
GRANT SELECT ON known_mail TO expediter_executor;
