#!/bin/sh
# Renews the hashed requirement files from pyproject.toml; they hold no address.
set -eu
for pair in "run:--extra postgres" "dev:--group dev --extra postgres"; do
    file=requirements/${pair%%:*}.txt
    # shellcheck disable=SC2086
    .venv/bin/uv pip compile pyproject.toml ${pair#*:} --python-version 3.11 --quiet --upgrade \
        --generate-hashes -o "$file"
    sed -i 's/^#    uv pip compile.*/#    make lock/' "$file"
done
