"""Whether a look goes on after an answer, and where to. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collectors.websites.addresses import Address, join
from collectors.websites.failures import Trouble
from collectors.websites.looks import Response
from collectors.websites.pages import Page, refresh_target
from command_centre.domain.reading import Reason

FOLLOWED = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class NextStep:
    """Where to go (``address``), or why the look ends here in trouble; neither: this was the last answer."""

    address: Address | None = None
    trouble: Trouble | None = None


END = NextStep()


def next_step(responses: Sequence[Response], page: Page | None, max_redirects: int) -> NextStep:
    """What follows after the last of ``responses``. ``page`` is its page where it was read."""
    last = responses[-1]
    if last.trouble is not None or last.status is None:
        return END
    if last.status in FOLLOWED:
        return _redirect(responses, last.headers.get("location", ""), max_redirects)
    if not 200 <= last.status < 300:
        return END
    return _refresh(responses, last, page, max_redirects)


def _redirect(responses: Sequence[Response], location: str, max_redirects: int) -> NextStep:
    if not location.strip():
        return NextStep(trouble=Trouble(Reason.REDIRECT_BAD, "the server redirects without saying where to"))
    try:
        address = join(responses[-1].address, location)
    except ValueError as trouble:
        return NextStep(trouble=Trouble(Reason.REDIRECT_BAD, str(trouble)))
    return _checked(responses, address, max_redirects)


def _refresh(responses: Sequence[Response], last: Response, page: Page | None, max_redirects: int) -> NextStep:
    target = refresh_target(last.headers.get("refresh", "")) or (page.refresh if page is not None else None)
    if target is None:
        return END
    try:
        address = join(last.address, target)
    except ValueError:
        return NextStep(trouble=Trouble(Reason.META_REFRESH, "the page sends on to an address that no browser could open"))
    return END if address.url == last.address.url else _checked(responses, address, max_redirects)


def _checked(responses: Sequence[Response], address: Address, max_redirects: int) -> NextStep:
    """Follow, unless it leads in a circle: the same address, asked with the same cookies as before."""
    asked = [each.address.url for each in responses]
    if address.url in asked and responses[-1].cookies == _cookies_when_asked(responses, asked.index(address.url)):
        return NextStep(trouble=Trouble(Reason.REDIRECT_LOOP, "the redirects lead in a circle"))
    if len(responses) > max_redirects:
        reason = Reason.REDIRECT_LOOP if asked.count(address.url) > 1 else Reason.REDIRECT_LIMIT
        return NextStep(trouble=Trouble(reason, f"more than {max_redirects} redirects"))
    return NextStep(address=address)


def _cookies_when_asked(responses: Sequence[Response], index: int) -> tuple[str, ...]:
    """The cookies that were sent with the request of this index: what the jar held after the answer before it."""
    return responses[index - 1].cookies if index else ()
