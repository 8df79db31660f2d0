"""Several nodes together: demo and fault injection."""
