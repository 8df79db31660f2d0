"""Points of service (定点机构): hospitals and pharmacies whose own systems submit bills to the node."""
