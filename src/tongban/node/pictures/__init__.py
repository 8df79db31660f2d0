"""Pictures of a decision as pure functions: plain data in, HTML or SVG out, readable as text."""
