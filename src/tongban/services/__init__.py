"""Services as data: one folder a service, read and checked here."""
