"""Ways to send a notice to a person: the console and SMTP come with Tongban, others by an entry point.

Promises: a sender gets the same key for the same notice however often it is tried, so that a mail system can
drop what it has already; what cannot be sent raises NotSent, and what may be tried again says so.
"""

import smtplib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from functools import cache
from importlib.metadata import entry_points
from typing import Final, Literal, Protocol

from tongban.node.config import this_node

Channel = Literal["email", "sms"]
GROUP: Final = "tongban.senders"
_TIMEOUT_SECONDS: Final = 15


class NotSent(Exception):
    """It could not be sent; `is_final` when trying again is of no use."""

    def __init__(self, why: str, *, is_final: bool = False) -> None:
        super().__init__(why)
        self.is_final = is_final


@dataclass(frozen=True)
class Letter:
    """What is sent: one notice to one address, in the person's language."""

    key: str
    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)


class Sender(Protocol):
    """Sends letters of one channel."""

    def __call__(self, letter: Letter) -> None:
        """Send it, once a key as far as the channel can tell. Raises NotSent."""


def to_console(letter: Letter) -> None:
    """Print that a letter was sent, with its subject and without address and text."""
    sys.stderr.write(f"notice {letter.key}: {letter.subject}\n")


def by_smtp(letter: Letter) -> None:
    """Hand the letter to the node's mail server; the key makes its Message-ID."""
    mail = this_node().mail
    if mail is None:
        raise NotSent("no mail server is configured: expected [mail] in the node's file", is_final=True)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = mail.sender, letter.to, letter.subject
    message["Message-ID"] = f"<{letter.key}@{Address(addr_spec=mail.sender).domain}>"
    message.set_content(letter.text)
    try:
        with smtplib.SMTP(mail.host, mail.port, timeout=_TIMEOUT_SECONDS) as server:
            if mail.starts_tls:
                server.starttls()
            if mail.user:
                server.login(mail.user, mail.password())
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as refused:
        raise NotSent("the address is refused", is_final=True) from refused
    except (OSError, smtplib.SMTPException) as failed:
        raise NotSent(type(failed).__name__) from failed


_SHIPPED: Final[Mapping[str, Sender]] = {"console": to_console, "smtp": by_smtp}


@cache
def sender(channel: Channel) -> Sender | None:
    """The sender that the node's file names for a channel; None when it sends nothing there."""
    name = this_node().senders.get(channel, "")
    if not name:
        return None
    if name in _SHIPPED:
        return _SHIPPED[name]
    for point in entry_points(group=GROUP, name=name):
        loaded: Sender = point.load()
        return loaded
    raise LookupError(
        f"senders.{channel}: {name!r} is no sender: console, smtp, or an entry point of {GROUP}"
    )
