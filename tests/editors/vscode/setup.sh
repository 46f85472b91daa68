#!/usr/bin/env bash
# Installs what the tests in the real VS Code need and the machine lacks: code-server (which is VS Code), the Node.js it
# is built for, playwright-core, and Chromium where this is Debian and we are root. 4 minutes and 620 MB the first time.
set -euo pipefail
FOLDER=$1
CODE_SERVER=4.139.1
PLAYWRIGHT=1.65.1
NODE=24.18.0

say() { echo "$1" >&2; }

command -v npm > /dev/null || { say 'The tests in VS Code need npm.'; exit 2; }
mkdir -p "$FOLDER/node" "$FOLDER/code-server"

# code-server compiles two modules against these libraries.
PACKAGES=(libkrb5-dev libsecret-1-dev)
command -v chromium chromium-browser google-chrome > /dev/null || PACKAGES+=(chromium)
if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null && ! dpkg --status "${PACKAGES[@]}" > /dev/null 2>&1; then
  say "Installing ${PACKAGES[*]} …"
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${PACKAGES[@]}" > "$FOLDER/apt.log" 2>&1 \
    || { cat "$FOLDER/apt.log" >&2; exit 2; }
fi
command -v chromium chromium-browser google-chrome > /dev/null \
  || { say 'The tests in VS Code need Chromium; it can be installed by root, on Debian.'; exit 2; }

if [ ! -e "$FOLDER/installed-$CODE_SERVER-$PLAYWRIGHT" ]; then
  say 'Installing code-server: 4 minutes on 2 cores …'
  # Apart from code-server: npm moves Node away while it installs another package beside it.
  npm install --prefix "$FOLDER/node" --no-audit --no-fund --loglevel=error "node@$NODE"
  BUILT=$FOLDER/node/node_modules/node
  export PATH=$BUILT/bin:$PATH npm_config_yes=true
  npm_config_nodedir=$(echo "$BUILT"/node_modules/node-linux-*)
  export npm_config_nodedir
  npm install --prefix "$FOLDER/code-server" --no-audit --no-fund --loglevel=error \
    "code-server@$CODE_SERVER" "playwright-core@$PLAYWRIGHT"
  touch "$FOLDER/installed-$CODE_SERVER-$PLAYWRIGHT"
fi
