#!/usr/bin/env bash
# Installs Emacs, Eglot and lsp-mode where they are missing, this is Debian and we are root; elsewhere the tests skip.
set -euo pipefail
PACKAGES=(emacs-nox elpa-eglot elpa-lsp-mode)

command -v emacs > /dev/null && command -v emacsclient > /dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
  echo "Installing ${PACKAGES[*]} …" >&2
  apt-get update -qq || true
  LOG=$(mktemp)
  apt-get install -y -qq --no-install-recommends "${PACKAGES[@]}" > "$LOG" 2>&1 \
    || { cat "$LOG" >&2; echo 'Emacs could not be installed: its tests are skipped.' >&2; }
  rm "$LOG"
else
  echo 'Emacs is not on this machine and can be installed by root only, on Debian: its tests are skipped.' >&2
fi
