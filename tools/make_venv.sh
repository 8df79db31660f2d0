#!/bin/sh
# Makes the virtual environment, or says what is missing and leaves nothing half made.
# Usage: make_venv.sh FOLDER [PYTHON]
set -eu

folder=$1
wanted=${2:-}

say() { printf '[tongban] %s\n' "$*" >&2; }

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

python=
for candidate in ${wanted:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if command -v "$candidate" >/dev/null && is_new_enough "$candidate"; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    say "no Python 3.11 or later found${wanted:+ as $wanted}."
    say "Install it (Debian 12 or later: apt install python3 python3-venv), or name it: make PYTHON=/path/to/python3 setup"
    exit 2
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    say "$python cannot make virtual environments. On Debian or Ubuntu: apt install python3-venv"
    exit 2
fi

say "making $folder with $("$python" --version 2>&1)"
rm -rf "$folder"
if ! "$python" -m venv "$folder"; then
    rm -rf "$folder"
    say "the virtual environment could not be made; the lines above say why."
    exit 2
fi
