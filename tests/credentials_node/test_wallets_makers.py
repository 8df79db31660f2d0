"""Wallets that their maker vouches for: where that is required, nobody else is let in."""

import base64
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding
from django.test import Client
from joserfc.jwk import ECKey

from tests.credentials_node.other_wallets import LATER, REDIRECT, Wallet, agree
from tests.protocol.federation_of_two import directory
from tongban.node.certificates import certify, new_issuer
from tongban.node.clock import true_now
from tongban.node.config import this_node
from tongban.node.credentials.models import Issued
from tongban.node.credentials.wallets import makers, offering, reader
from tongban.node.credentials.wallets.models import Authorisation, Renewal
from tongban.node.exchange import identity
from tongban.node.people.models import Account

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("issuer_name")]


class TestWithItsMaker:
    """A wallet that its maker vouches for."""

    @pytest.fixture
    def maker(self, reader_issuer: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
        """The maker's key and certificate; the node trusts who made the certificate."""
        issuer = reader.certificate_issuer()
        key = generate_private_key(SECP256R1())
        made = certify(issuer, "maker", "https://maker.example", key.public_key())
        jwk = ECKey.import_key(key).as_dict(private=True)
        monkeypatch.setattr(makers, "roots", lambda: (issuer.certificate,))
        return {"key": jwk, "x5c": [base64.b64encode(made.public_bytes(Encoding.DER)).decode()]}

    @pytest.fixture
    def _required(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(makers, "are_required", lambda: True)

    @pytest.mark.usefixtures("_required")
    def test_is_let_in_where_others_are_not(
        self, wallet: Wallet, title: Issued, maker: dict[str, object]
    ) -> None:
        assert len(wallet.take(title, maker=maker)["credentials"]) == 1
        made = offering.offer(title)
        assert wallet.is_refused("invalid_client", "take", offer=made.link, number=made.number)
        told = Client().get("/.well-known/oauth-authorization-server").json()
        assert told["token_endpoint_auth_methods_supported"] == ["attest_jwt_client_auth"]

    @pytest.mark.usefixtures("_required")
    def test_is_told_of_to_its_holder_and_authenticates_itself_all_along(
        self, wallet: Wallet, title: Issued, citizen: Account, maker: dict[str, object]
    ) -> None:
        begun = wallet.do("begin", offer=offering.offer(title).link, redirect=REDIRECT, maker=maker)
        back = agree(citizen, begun["url"], title)
        assert Authorisation.objects.get().maker.startswith("CN=sichuan issuer")
        taken = wallet.do("finish", begun=begun, redirected=back, redirect=REDIRECT, maker=maker)
        assert len(taken["credentials"]) == 1

    def test_a_code_that_an_attested_wallet_asked_for_is_no_use_to_another(
        self, wallet: Wallet, title: Issued, citizen: Account, maker: dict[str, object]
    ) -> None:
        begun = wallet.do("begin", offer=offering.offer(title).link, redirect=REDIRECT, maker=maker)
        back = agree(citizen, begun["url"], title)
        assert wallet.is_refused("invalid_client", "finish", begun=begun, redirected=back, redirect=REDIRECT)

    @pytest.mark.parametrize("how", ["attestation", "jwt"])
    def test_gets_a_copy_for_every_key_that_its_maker_vouches_for(
        self, wallet: Wallet, title: Issued, maker: dict[str, object], how: str
    ) -> None:
        assert len(set(wallet.take(title, maker=maker, copies=3, keys=how)["credentials"])) == 3

    def test_comes_again_with_its_maker_only(
        self, wallet: Wallet, title: Issued, maker: dict[str, object]
    ) -> None:
        taken = wallet.take(title, maker=maker)
        Renewal.objects.update(used_at=true_now() - timedelta(days=1))
        again = {"offer": offering.offer(title).link, "refresh": taken["refresh"], "key": taken["key"]}
        assert wallet.is_refused("invalid_client", "again", **again)
        assert len(wallet.do("again", **again, maker=maker)["credentials"]) == 1

    def test_of_a_maker_that_nobody_trusts_gets_nothing(
        self, wallet: Wallet, title: Issued, maker: dict[str, object], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(makers, "roots", lambda: ())
        made = offering.offer(title)
        given = {"offer": made.link, "number": made.number, "maker": maker}
        assert wallet.is_refused("invalid_client", "take", **given)

    def test_trusted_are_the_directorys_nodes_and_whom_the_operator_names(
        self, maker: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.undo()
        folder = tmp_path / "makers"
        folder.mkdir()
        (folder / "maker.pem").write_bytes(new_issuer("m", now=true_now(), until=LATER).certificate_pem())
        pem = new_issuer("n", now=true_now(), until=LATER).certificate_pem().decode()
        two = directory()
        nodes = tuple(node.model_copy(update={"certificates": (pem,)}) for node in two.nodes)
        listed = two.model_copy(update={"nodes": nodes})
        monkeypatch.setattr(identity, "current", lambda: SimpleNamespace(directory=listed))
        named = this_node().model_copy(update={"wallet_makers_path": folder})
        monkeypatch.setattr(makers, "this_node", lambda: named)
        assert len(makers.roots()) == 3
