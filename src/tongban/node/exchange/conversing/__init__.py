"""Conversations with other nodes: stored, sent, received; what they mean is the library's to decide."""
