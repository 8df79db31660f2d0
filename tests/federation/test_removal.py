"""`make clean`: what the demo left running is stopped, then its folder is gone."""

from pathlib import Path

from tongban.federation.removal import remove
from tongban.node.embedded_postgres import EmbeddedPostgres, server_processes


def test_running_server_is_stopped_and_the_folder_removed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    server = EmbeddedPostgres(home / "sichuan" / "pg", is_durable=False)
    server.start()
    (home / "demo.lock").touch()
    remove(home)
    server.stop()
    assert not server_processes(home / "sichuan" / "pg")
    assert not home.exists()


def test_folder_that_is_no_demo_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    remove(tmp_path)
    assert (tmp_path / "mine").exists()
