#!/bin/sh
# Re-pins requirements/*.txt from the ranges in pyproject.toml. No lock file names a download address.
set -eu
uv=.venv/bin/uv
compile() {
    "$uv" pip compile --quiet --generate-hashes --no-emit-index-url --python-version 3.11 \
        --no-emit-package vdseal \
        --custom-compile-command "make lock" "$@"
}
compile pyproject.toml --extra dev -o requirements/dev.txt
# The smaller sets take dev's versions, so that what is tested is what runs.
compile pyproject.toml -c requirements/dev.txt -o requirements/base.txt
compile pyproject.toml --extra production -c requirements/dev.txt -o requirements/production.txt
echo uv | compile - -o requirements/bootstrap.txt
