"""The plan register: what both plans call for and what works."""
