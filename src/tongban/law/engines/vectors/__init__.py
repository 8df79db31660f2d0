"""The numpy engine: a second opinion that goes through the law term by term, all persons at once."""

from tongban.law.engines.vectors.engine import NumpyEngine

__all__ = ["NumpyEngine"]
