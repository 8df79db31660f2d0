"""Tables of persons: read, checked, and written in the forms of contracts.md."""
