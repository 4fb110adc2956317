#!/bin/sh
# Makes .venv/ with the locked dependencies and boai itself. Needs Python 3.11 or newer, no root.
set -eu
python=""
for name in python3.11 python3.12 python3.13 python3; do
    if command -v "$name" >/dev/null 2>&1 &&
        "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$name
        break
    fi
done
if [ -z "$python" ]; then
    echo "Boai needs Python 3.11 or newer; none was found." >&2
    exit 1
fi
if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c 'import pip' 2>/dev/null; then
    rm -rf .venv
    if ! "$python" -m venv .venv 2>/dev/null; then
        rm -rf .venv
        # Debian keeps ensurepip in a package of its own; virtualenv brings its own pip.
        "$python" -m pip install --quiet --user --break-system-packages virtualenv 2>/dev/null ||
            "$python" -m pip install --quiet --user virtualenv ||
            { echo "Neither venv nor virtualenv works with $python; install python3-venv." >&2; exit 1; }
        "$python" -m virtualenv --quiet .venv
    fi
fi
.venv/bin/python -m pip install --quiet uv 2>/dev/null || true
if [ -x .venv/bin/uv ] && .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r requirements/dev.txt; then
    .venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps -e .
else
    .venv/bin/python -m pip install --quiet --require-hashes -r requirements/dev.txt
    .venv/bin/python -m pip install --quiet --no-deps -e .
fi
.venv/bin/python -m tools.messages compile
touch .venv/ready
