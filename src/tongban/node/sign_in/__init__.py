"""Signing in: passwords, second factors, sessions, and one sign-in for both sides' portals."""
