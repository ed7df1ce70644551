"""A night of the shared inbox on a real mail server: many mails, and everything that may go wrong meanwhile."""
