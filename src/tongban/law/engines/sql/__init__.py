"""The DuckDB engine: a second opinion that writes the law as SQL."""

from tongban.law.engines.sql.engine import DuckdbEngine

__all__ = ["DuckdbEngine"]
