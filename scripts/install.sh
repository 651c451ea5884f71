#!/bin/sh
# Make a virtual environment with everything pinned in constraints.txt and apismith itself, editable.
# usage: install.sh FOLDER        PYTHON=... names the interpreter; any Python >= 3.11 with venv will do
set -eu
folder=$1
bin=$folder/bin
suits='import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))'

find_python() {
    for python in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
        if command -v "$python" >/dev/null 2>&1 && "$python" -c "$suits" >/dev/null 2>&1; then
            echo "$python"
            return
        fi
    done
    echo "No Python >= 3.11 with venv was found, so nothing was installed." >&2
    echo "hint: install one (Debian and Ubuntu: with the package python3-venv), or name it: make install PYTHON=/path/to/python3" >&2
    exit 1
}

pip_install() {
    "$bin/python" -m pip install --quiet --disable-pip-version-check --no-compile "$@"
}

if ! "$bin/python" -m pip --version >/dev/null 2>&1; then
    python=$(find_python)
    "$python" -m venv --clear "$folder"
fi

# uv installs in a tenth of pip's time. It reads neither pip's configuration nor its certificates, so where it cannot
# reach what pip can, pip does the work.
uv_pin=$folder/uv.txt
sed -n '/^uv==/,/[^\\]$/p' constraints.txt >"$uv_pin"
if ! { pip_install --require-hashes -r "$uv_pin" &&
    "$bin/uv" pip install --quiet --python "$bin/python" --require-hashes -r constraints.txt; } 2>"$folder/uv.log"; then
    pip_install --require-hashes -r constraints.txt
fi
pip_install --no-deps --no-build-isolation -e .
