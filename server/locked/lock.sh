#!/bin/sh
# Writes the files in this folder anew. Arguments are passed on to `uv pip compile` (--upgrade, say).
set -eu
cd "$(dirname "$0")/../.."
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
"${PYTHON:-python3}" -m venv "$tools"
"$tools/bin/pip" install --quiet uv

compile() {
    output=$1
    shift
    "$tools/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
        --no-emit-index-url --no-emit-find-links "$@" --output-file "server/locked/$output"
}

echo pip | compile pip.txt "$@" -
compile build.txt "$@" server/locked/build.in
compile run.txt "$@" pyproject.toml
compile test.txt "$@" --extra test --extra plot --constraint server/locked/run.txt pyproject.toml
