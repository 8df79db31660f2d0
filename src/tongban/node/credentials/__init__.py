"""Credentials in the node: issued from decisions, held in the portal's wallet, shown, verified, revoked."""
