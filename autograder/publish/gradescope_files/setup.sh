#!/bin/bash
# Runs once, as root, when the platform builds the image: a virtual environment beside the system's
# Python, which stays as it is. No compilers; what fails is told in one line.
set -euo pipefail
umask 022   # workers are another user, and must be able to read Python and its packages
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ -f "$here/requirements.txt" ] || here=/autograder/source
venv=${AUTOGRADER_VENV:-/opt/autograder}

step="starting"
trap 'echo "setup.sh failed while $step; the lines above say why" >&2' ERR

usable_python() {
    local name
    for name in /usr/bin/python3.1[1-9] /usr/local/bin/python3.1[1-9] /usr/bin/python3; do
        if "$name" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    return 1
}

step="looking for Python 3.11 or newer"
if ! python=$(usable_python); then
    step="installing Python with apt-get"
    export DEBIAN_FRONTEND=noninteractive
    packages=(python3.11 python3.11-venv)
    if /usr/bin/python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        packages=(python3-venv)   # the system's own is new enough
    fi
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
    python=$(usable_python)
fi

step="making $venv"
"$python" -m venv --clear "$venv"

step="installing what requirements.txt names"
[ ! -f "$here/pip.conf" ] || export PIP_CONFIG_FILE=$here/pip.conf
pip=("$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-cache-dir --only-binary :all:)
"${pip[@]}" --no-deps -r "$here/requirements.txt"   # all that is needed is in it, by version and hash
[ ! -f "$here/requirements-torch.txt" ] || "${pip[@]}" -r "$here/requirements-torch.txt"

step="trying what was installed"
chmod -R a+rX "$venv"
"$venv/bin/python" -I -c 'import sys; [__import__(name) for name in sys.argv[1:]]' @IMPORTS@
"$venv/bin/python" -I -m compileall -q "$here/autograder"
echo "setup.sh: done, with $("$venv/bin/python" --version) and $(du -sm "$venv" | cut -f1) MB of libraries"
