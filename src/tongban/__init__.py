"""Tongban (通办): neighbouring jurisdictions serve each other's people as one."""

__version__ = "0.1.0"
