"""All that wait for approval, however many: of the newest alone those with the least time left would be missing."""

from collections.abc import Iterator
from itertools import chain

from agent.domain.decisions import Proposal, ProposalState
from agent.ports.ledger import ProposalBook

PAGE = 500


def waiting(book: ProposalBook) -> Iterator[Proposal]:
    """Newest first."""
    return chain.from_iterable(waiting_pages(book))


def waiting_pages(book: ProposalBook, before: int | None = None) -> Iterator[list[Proposal]]:
    """The same as they are read, so that only a page is held; `before`: only what is older than this proposal."""
    while page := book.proposals([ProposalState.PENDING], PAGE, before=before):
        yield page
        before = page[-1].id
