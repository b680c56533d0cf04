#!/usr/bin/env bash
# Install what the tests need beyond Python on Debian or Ubuntu: a headless browser and fonts with Chinese characters.
# What is there already stays as it is; nothing is downloaded then.
set -euo pipefail

wanted=()
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
    wanted+=(chromium)
[ -n "$(fc-list :lang=zh-cn family 2>/dev/null || true)" ] || wanted+=(fontconfig fonts-noto-cjk)
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
