#!/bin/sh
# Make a virtual environment with the first Python >= 3.11 that can: make_venv.sh FOLDER
set -eu
folder=$1
suits='import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))'
if [ -x "$folder/bin/python" ] && "$folder/bin/python" -m pip --version >/dev/null 2>&1; then
    exit 0
fi
for python in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
    if command -v "$python" >/dev/null 2>&1 && "$python" -c "$suits" >/dev/null 2>&1; then
        exec "$python" -m venv --clear "$folder"
    fi
done
echo "No Python >= 3.11 with venv was found, so nothing was installed." >&2
echo "hint: Install one (on Debian and Ubuntu also the package python3-venv), or name it: make install PYTHON=/path/to/python" >&2
exit 1
