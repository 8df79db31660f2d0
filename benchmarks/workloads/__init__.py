"""What topics measure with: made-up law and made-up people, the same for everyone compared."""
