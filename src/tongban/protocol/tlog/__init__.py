"""A transparency log without I/O: tree, tiles, checkpoints, cosignatures, proofs, leaves (RFC 9162, C2SP)."""
