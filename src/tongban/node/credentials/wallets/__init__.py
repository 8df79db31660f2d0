"""Wallets of other makers: OpenID4VCI 1.0 fills them, OpenID4VP 1.0 asks them to show."""
