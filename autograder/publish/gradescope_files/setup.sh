#!/bin/bash
# Runs once, as root, when the platform builds the image: a virtual environment beside the system's
# Python, which stays as it is. No compilers. Takes the Python that the course is written for, by whichever road it
# comes, and a later one only where there is none; either must be seen to carry the course.
set -euo pipefail
umask 022   # workers are another user, and must be able to read Python and its packages
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ -f "$here/requirements.txt" ] || here=/autograder/source
venv=${AUTOGRADER_VENV:-/opt/autograder}
downloads=${venv}-python

# A finished release that can make environments: of the version that the course is written for ("exact"), or
# a "later" one. (Ubuntu 22.04's python3.11 is a candidate for a release, and torch's optimizers do not run on it.)
good_release() {
    "$1" -c 'import ensurepip, sys, venv
sys.get_int_max_str_digits
course, this = tuple(map(int, "@PYTHON@".split("."))), sys.version_info[:2]
fits = this == course if sys.argv[1] == "exact" else this > course
sys.exit(not fits or sys.version_info.releaselevel != "final")' "$2" 2>/dev/null
}

installed() {
    ls /usr/bin/python3.1[1-9] /usr/local/bin/python3.1[1-9] /usr/bin/python3 2>/dev/null || true
}

packages() {   # of Debian and Ubuntu
    command -v apt-get >/dev/null || return 0
    export DEBIAN_FRONTEND=noninteractive versions=@PYTHON@
    [ "$1" = exact ] || versions="3.12 3.13"
    apt-get update -qq >&2 || true
    for version in $versions; do
        apt-get install -y -qq --no-install-recommends "python$version" "python$version-venv" >/dev/null 2>&1 || true
    done
    apt-get install -y -qq --no-install-recommends python3-venv >/dev/null 2>&1 || true
    installed
}

downloaded() {   # by uv, which brings a Python of its own to any Linux
    [ "$1" = exact ] || return 0
    local python3=/usr/bin/python3
    if ! "$python3" -m pip --version >/dev/null 2>&1; then
        { apt-get install -y -qq python3-pip || dnf install -y -q python3-pip || yum install -y -q python3-pip; } \
            >/dev/null 2>&1 || return 0
    fi
    "$python3" -m pip install --quiet --disable-pip-version-check --target "$downloads/uv" \
        -r "$here/requirements-uv.txt" >&2 || return 0
    export UV_PYTHON_INSTALL_DIR=$downloads
    "$downloads/uv/bin/uv" python install --quiet @PYTHON@ >&2 || return 0
    "$downloads/uv/bin/uv" python find --managed-python @PYTHON@
}

carries_the_course() {   # the environment, once what is not there yet is installed in it
    local pip=("$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-cache-dir --only-binary :all:)
    "${pip[@]}" --no-deps -r "$here/requirements.txt" || return 1   # all that is needed, by version and hash
    [ ! -f "$here/pip.conf" ] || pip=(env PIP_CONFIG_FILE="$here/pip.conf" "${pip[@]}")   # for torch alone
    [ ! -f "$here/requirements-torch.txt" ] || "${pip[@]}" -r "$here/requirements-torch.txt" || return 1
    chmod -R a+rX "$venv"
    "$venv/bin/python" -I "$here/smoke.py" @IMPORTS@
}

finish() {
    chmod -R a+rX "$downloads" 2>/dev/null || true
    [ ! -d "$here/autograder" ] || "$venv/bin/python" -I -m compileall -q "$here/autograder"
    echo "setup.sh: done, with $("$venv/bin/python" --version) and $(du -sm "$venv" | cut -f1) MB of libraries"
    exit 0
}

if [ -x "$venv/bin/python" ] && carries_the_course; then finish; fi   # the base is an image of the kit's own
tried=" "
for wanted in exact later; do
    for road in installed packages downloaded; do
        for python in $($road $wanted); do
            case $tried in *" $python "*) continue ;; esac
            good_release "$python" $wanted || continue
            tried="$tried$python "
            echo "setup.sh: trying $("$python" --version) at $python"
            if "$python" -m venv --clear "$venv" && carries_the_course; then finish; fi
        done
    done
done
echo "setup.sh failed: no Python here carries the course (tried:$tried); the lines above say why" >&2
exit 1
