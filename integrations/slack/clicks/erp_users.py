"""Who one is in Odoo: said from Home of the user that was shown there, and of no other."""

from agent.domain.erp_users import Said
from integrations.slack.clicks.click import Click
from integrations.slack.interaction import Reaction


def confirm(click: Click) -> Reaction:
    return _said(click, Said.CONFIRMED, "You are linked: findings that Odoo has you down for count as yours from now on.")


def refuse(click: Click) -> Reaction:
    return _said(
        click, Said.REFUSED, "It is noted that this is not you; whoever keeps the users of Odoo can correct the address."
    )


def unlink(click: Click) -> Reaction:
    return _said(click, Said.UNLINKED, "You are no longer linked to a user of Odoo.")


def _said(click: Click, said: Said, answer: str) -> Reaction:
    click.deeds.say_erp_user(click.person, click.shown("E").number, said)
    return Reaction(private=answer)
