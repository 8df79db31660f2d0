"""Notices outside the portal: queued with their event, sent once, in the person's language, over SMTP."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.casework.walk import Walk
from tongban.node.casework import notifying, senders
from tongban.node.casework.models import Outgoing
from tongban.node.casework.senders import Letter, NotSent
from tongban.node.clock import now
from tongban.node.config import MailServer, NodeConfig, this_node
from tongban.node.people.models import Account

EMAIL = "woman@example.org"
Sent = list[Letter]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """What a sender plugged in for both channels was given."""
    letters: Sent = []
    monkeypatch.setattr(notifying, "sender", lambda channel: letters.append)
    return letters


def queued(walk: Walk, citizen: Account, **reach: str) -> None:
    notifying.choose(citizen.pk, **{"language": "zh-hans", "email": EMAIL, **reach})
    walk.proposed()


def test_a_notice_is_sent_once_by_each_channel_that_was_chosen(
    walk: Walk, citizen: Account, sent: Sent
) -> None:
    queued(walk, citizen, phone="13800000000")
    assert notifying.send_due() == 2
    assert notifying.send_due() == 0
    assert {letter.to for letter in sent} == {EMAIL, "13800000000"}
    assert len({letter.key for letter in sent}) == 2


def test_who_chose_nothing_is_told_in_the_portal_only(walk: Walk, citizen: Account, sent: Sent) -> None:
    walk.proposed()
    assert not Outgoing.objects.exists()


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-hans", "已按规则算出结果"), ("zh-hant", "已按規則算出結果"), ("en", "Worked out by the rules")],
)
def test_the_text_is_in_the_persons_language(
    walk: Walk, citizen: Account, sent: Sent, language: str, words: str
) -> None:
    queued(walk, citizen, language=language)
    notifying.send_due()
    assert words in sent[0].text


def failing(*, is_final: bool) -> Callable[[str], Callable[[Letter], None]]:
    def send(letter: Letter) -> None:
        raise NotSent("out of order", is_final=is_final)

    return lambda channel: send


def test_what_could_not_be_sent_is_tried_again_later(
    walk: Walk, citizen: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued(walk, citizen)
    monkeypatch.setattr(notifying, "sender", failing(is_final=False))
    assert (notifying.send_due(), notifying.send_due()) == (0, 0)
    outgoing = Outgoing.objects.get()
    assert (outgoing.state, outgoing.tries, outgoing.problem) == ("waiting", 1, "out of order")
    letters: Sent = []
    late = now() + timedelta(hours=1)
    monkeypatch.setattr(notifying, "now", lambda: late)
    monkeypatch.setattr(notifying, "sender", lambda channel: letters.append)
    assert notifying.send_due() == 1
    assert len(letters) == 1


def test_what_can_never_be_sent_is_given_up(
    walk: Walk, citizen: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued(walk, citizen)
    monkeypatch.setattr(notifying, "sender", failing(is_final=True))
    notifying.send_due()
    assert Outgoing.objects.get().state == "given-up"


def test_a_sender_that_died_leaves_the_notice_to_the_next_one(
    walk: Walk, citizen: Account, sent: Sent
) -> None:
    queued(walk, citizen)
    Outgoing.objects.update(lease="00000000-0000-0000-0000-000000000001", lease_until=now())
    assert notifying.send_due() == 1
    held = Outgoing.objects.get()
    assert (held.state, held.lease) == ("sent", None)


class _Mailbox(socketserver.StreamRequestHandler):
    """A mail server as simple as the protocol lets it be; keeps what it was handed."""

    def handle(self) -> None:
        assert isinstance(self.server, _Server)
        self.say("220 ready")
        while line := self.rfile.readline().decode().strip():
            match line.split(" ")[0].upper():
                case "DATA":
                    self.say("354 go on")
                    lines = iter(self.rfile.readline, b".\r\n")
                    self.server.mails.append(b"".join(lines).decode())
                    self.say("250 kept")
                case "RCPT" if "refused@" in line:
                    self.say("550 nobody")
                case "QUIT":
                    self.say("221 bye")
                    return
                case _:
                    self.say("250 ok")

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Mailbox)
        self.mails: list[str] = []


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Server]:
    with _Server() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        configured = MailServer(host="127.0.0.1", port=port, sender="node@example.org", starts_tls=False)
        own = this_node().model_copy(update={"mail": configured, "senders": {"email": "smtp"}})
        monkeypatch.setattr(senders, "this_node", lambda: own)
        senders.sender.cache_clear()
        yield server
        senders.sender.cache_clear()
        server.shutdown()


def test_mail_goes_over_smtp_with_a_message_id_made_of_the_notice(
    walk: Walk, citizen: Account, mail: _Server
) -> None:
    queued(walk, citizen)
    assert notifying.send_due() == 1
    (received,) = mail.mails
    assert f"To: {EMAIL}" in received
    assert f"Message-ID: <notice-{Outgoing.objects.get().pk}@example.org>" in received


def test_an_address_that_the_mail_server_refuses_is_given_up(
    walk: Walk, citizen: Account, mail: _Server
) -> None:
    queued(walk, citizen, email="refused@example.org")
    notifying.send_due()
    assert Outgoing.objects.get().state == "given-up"


def test_the_console_prints_neither_address_nor_text(capsys: pytest.CaptureFixture[str]) -> None:
    senders.to_console(Letter("notice-1", EMAIL, "办件有新进展", "您的决定"))
    said = capsys.readouterr().err
    assert "notice-1" in said
    assert EMAIL not in said
    assert "您的决定" not in said


def test_a_sender_that_nobody_brings_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    own = this_node().model_copy(update={"senders": {"sms": "pigeon"}})
    monkeypatch.setattr(senders, "this_node", lambda: own)
    senders.sender.cache_clear()
    with pytest.raises(LookupError, match=r"senders\.sms: 'pigeon' is no sender"):
        senders.sender("sms")
    senders.sender.cache_clear()


def test_a_mail_password_stands_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("secret\n", encoding="utf-8")
    server = MailServer(host="mail", sender="a@b", password_path=tmp_path / "password")
    assert server.password() == "secret"
    assert "mail" in NodeConfig.model_fields
