#!/usr/bin/env bash
# Install what the tests need beyond Python on Debian or Ubuntu: a headless browser. Chinese fonts come with pins.txt.
# What is there already stays as it is; nothing is downloaded then.
set -euo pipefail

wanted=()
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
    wanted+=(chromium)
if [ ${#wanted[@]} -eq 0 ]; then
    exit 0
fi
if ! command -v apt-get >/dev/null; then
    echo "tools/ci_setup.sh installs with apt-get only; please install: ${wanted[*]}" >&2
    exit 1
fi

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -q
"${as_root[@]}" apt-get install -q -y --no-install-recommends "${wanted[@]}"
