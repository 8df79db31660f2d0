"""Rules as code: one source serves one person with reasons and whole populations."""
