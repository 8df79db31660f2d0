"""What one jurisdiction runs: people, casework, exchange, programme, portal, workbench."""
