#!/usr/bin/env bash
# Foreign clients and a browser against a real node: installs what they need, then runs the tests.
# Needs the build (npm run build).
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
"$here/install.sh"
cd "$here/../.."
# One file after the other: a browser and twenty clients are enough for a small machine.
node --enable-source-maps --test --test-concurrency=1 --test-timeout=60000 "$here"/*.test.js
