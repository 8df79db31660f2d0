"""What crosses the border: outbox, inbox, consent, connectors."""
