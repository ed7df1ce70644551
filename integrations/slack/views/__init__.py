"""What people see in Slack, as payloads: pure functions of rows. Nothing here asks Slack or the database.

What an order, a mail or a person wrote stands in plain_text, rich text or raw_text, which Slack never reads as markup; where
mrkdwn is needed it is cut first and escaped then. A button's value is `{id, rev}`: which card, and what it showed.
"""
