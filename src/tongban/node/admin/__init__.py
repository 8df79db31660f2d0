"""The operator's pages: reference data, accounts and posts, and what happened, to read and never to alter."""
