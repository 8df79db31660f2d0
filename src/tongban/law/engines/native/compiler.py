"""Machine code from LLVM assembly, kept on disk by content.

The same text on the same processor is compiled once; a damaged or foreign file in the cache is never loaded.
"""

import ctypes
import hashlib
import os
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import llvmlite.binding as llvm

KernelFunction = Callable[..., None]
_DIGEST_SIZE = 32
_set_up = threading.Lock()


@dataclass(frozen=True)
class Kernel:
    """A loaded function `void name(i64 begin, i64 end, ptr…)`; calling it lets other threads run."""

    call: KernelFunction
    compiled: bool
    _engine: object = field(repr=False)


def cache_folder() -> Path:
    """Where machine code is kept: `TONGBAN_CACHE`, else the user's cache folder."""
    chosen = os.environ.get("TONGBAN_CACHE")
    if chosen:
        return Path(chosen) / "kernels"
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "tongban" / "kernels"


def load_kernel(assembly: str, name: str, pointers: int, *, gathers: bool = True) -> Kernel:
    """Load the function `name` of this LLVM assembly, from the cache or compiled now.

    With `gathers`, loads from many places at once are made by one instruction where there is one.
    """
    with _set_up:
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
    cpu = str(llvm.get_host_cpu_name())
    features = _features(gathers=gathers)
    key = hashlib.sha256(
        "\0".join((str(llvm.llvm_version_info), cpu, features, assembly)).encode()
    ).hexdigest()
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=cpu, features=features, opt=3, jit=True
    )
    path = cache_folder() / f"{key}.o"
    code = _read(path)
    compiled = code is None
    if code is None:
        code = _compile(assembly, machine)
        _write(path, code)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    prototype = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_int64, *([ctypes.c_void_p] * pointers))
    return Kernel(prototype(engine.get_function_address(name)), compiled, engine)


@cache
def suits_sixteen() -> bool:
    """Whether 16 persons side by side are fastest here, as on Intel's cores with 32 vector registers.

    On an EPYC other numbers were (docs/benchmarks.md).
    """
    is_zen = str(llvm.get_host_cpu_name()).startswith("znver")
    return bool(llvm.get_host_cpu_features().get("avx512vl")) and not is_zen


def _features(*, gathers: bool) -> str:
    """What the processor can do, and whether to use its way to gather."""
    features = str(llvm.get_host_cpu_features().flatten())
    return f"{features},+fast-gather" if gathers and "+avx2" in features.split(",") else features


def _compile(assembly: str, machine: llvm.TargetMachine) -> bytes:
    module = llvm.parse_assembly(assembly)
    module.triple = llvm.get_default_triple()
    module.data_layout = str(machine.target_data)
    module.verify()
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.loop_vectorization = True
    options.slp_vectorization = True
    passes = llvm.create_pass_builder(machine, options)
    passes.getModulePassManager().run(module, passes)
    return bytes(machine.emit_object(module))


def _read(path: Path) -> bytes | None:
    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, code = content[:_DIGEST_SIZE], content[_DIGEST_SIZE:]
    return code if hashlib.sha256(code).digest() == digest else None


def _write(path: Path, code: bytes) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(code).digest() + code)
        Path(part).replace(path)
    except OSError:
        return
