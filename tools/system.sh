#!/bin/sh
# What only tests need and only a system's package manager has: Chromium, SoftHSM (keys in a hardware module) and
# poppler's tools (a second reader of our PDF files). Installs Debian's packages when it may, or says in one line what to do.
set -eu
missing=
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
command -v softhsm2-util >/dev/null 2>&1 || missing="$missing softhsm2"
command -v pdfsig >/dev/null 2>&1 || missing="$missing poppler-utils"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Debian's packages for the tests:$missing …"
    apt-get update -qq
    # shellcheck disable=SC2086 # several names
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
    exit 0
fi
echo "The tests need Debian's packages. Please run: sudo apt-get install$missing" >&2
exit 1
