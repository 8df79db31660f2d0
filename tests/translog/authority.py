"""A timestamp authority of OpenSSL's, behind a small HTTP server."""

import http.server
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CONFIGURATION = """
[ req ]
distinguished_name = name
x509_extensions = root
prompt = no
[ name ]
CN = Test root
[ root ]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[ stamping ]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[ tsa ]
default_tsa = authority
[ authority ]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa-key.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
"""


def openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=60)


def make_authority(folder: Path) -> None:
    """Root and authority, each with its key."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "openssl.cnf"
    config.write_text(CONFIGURATION.format(folder=folder))
    (folder / "serial").write_text("01\n")
    curve: list[str | Path] = [
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-config",
        config,
    ]
    openssl(
        "req", "-x509", *curve, "-keyout", folder / "root-key.pem", "-out", folder / "root.pem", "-days", "30"
    )
    openssl(
        "req", "-new", *curve, "-subj", "/CN=Test authority", "-keyout", folder / "tsa-key.pem",
        "-out", folder / "tsa.csr",
    )  # fmt: skip
    openssl(
        "x509", "-req", "-in", folder / "tsa.csr", "-CA", folder / "root.pem", "-CAkey",
        folder / "root-key.pem", "-CAcreateserial", "-out", folder / "tsa.pem", "-days", "30",
        "-extfile", config, "-extensions", "stamping",
    )  # fmt: skip


def stamped(folder: Path, query: bytes) -> bytes:
    """OpenSSL's response to a query."""
    (folder / "query.tsq").write_bytes(query)
    openssl(
        "ts", "-reply", "-config", folder / "openssl.cnf", "-section", "authority",
        "-queryfile", folder / "query.tsq", "-out", folder / "reply.tsr",
    )  # fmt: skip
    return (folder / "reply.tsr").read_bytes()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The authority's address while it is up."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            reply = stamped(folder, self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
