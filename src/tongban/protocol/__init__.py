"""Messages between nodes, without I/O: envelopes, signatures, directory, agreements, consent."""
