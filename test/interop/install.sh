#!/usr/bin/env bash
# Gets what tests with foreign software need: Autobahn|JS and wampy, Autobahn|Python in .venv/interop, a browser.
# Says visibly what it leaves out: Autobahn|Python only where no registry of Python packages can be reached, the browser
# only where Chromium is absent and cannot be installed.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
venv="$(cd "$here/../.." && pwd)/.venv/interop"

install_javascript() {
  npm ci --prefix "$here" --ignore-scripts --no-audit --no-fund --loglevel=error
}

# Whether a package registry answers at all: a package of a few kilobytes, to nowhere.
registry_reachable() {
  local nowhere status=0
  nowhere="$(mktemp -d)"
  "$venv/bin/python" -m pip download --quiet --no-deps --retries 1 --dest "$nowhere" txaio==23.6.1 || status=1
  rm -rf "$nowhere"
  return "$status"
}

install_python() {
  local wanted
  wanted="$(python3 --version) $(cksum < "$here/requirements.txt")"
  if [[ -f "$venv/.installed" && "$(<"$venv/.installed")" == "$wanted" ]]; then return; fi
  rm -rf "$venv"
  python3 -m venv "$venv"
  # UBJSON in Python alone: what is compiled would be compiled here, against another numpy than the one it runs with.
  export PYBJDATA_NO_EXTENSION=1 PYUBJSON_NO_EXTENSION=1
  if "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --retries 2 -r "$here/requirements.txt"; then
    echo "$wanted" > "$venv/.installed"
    return
  fi
  if registry_reachable; then
    echo "Autobahn|Python could not be installed, although the package registry answers" >&2
    exit 1
  fi
  rm -rf "$venv"
  echo "skipped: Autobahn|Python, no Python package registry reachable"
}

install_chromium() {
  if command -v chromium chromium-browser google-chrome > /dev/null; then return; fi
  if [[ "$(id -u)" == 0 ]] && command -v apt-get > /dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    if apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium > /dev/null; then return; fi
  fi
  echo "skipped: the example page in a browser, Chromium is absent and cannot be installed"
}

install_javascript
install_python
install_chromium
