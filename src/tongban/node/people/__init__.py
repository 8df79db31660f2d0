"""People, their accounts, officers, and who read whose data."""
