"""The native engine: machine code made from the law, run on chunks of persons by a pool of threads."""

from tongban.law.engines.native.engine import NativeEngine, for_arrow

__all__ = ["NativeEngine", "for_arrow"]
