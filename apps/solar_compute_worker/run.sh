#!/bin/sh
# Starts the service. At the first start it writes a configuration with a token of its own.
# Usage: run.sh [CONFIGURATION FOLDER] [OPTIONS FILE]
set -eu
folder=${1:-/config}
options=${2:-/data/options.json}
configuration=$folder/worker.toml

if [ ! -e "$configuration" ]; then
  token=$(python3 -c 'import secrets; print(secrets.token_hex(32))')
  umask 077
  sed "s/TOKEN/$token/" "$(dirname "$0")/worker.toml" >"$configuration.new"
  mv "$configuration.new" "$configuration"
  echo "A first configuration was written to worker.toml in the app's folder." >&2
  echo "It has the token that Home Assistant asks for, and one worker named example." >&2
fi

set -- serve --config "$configuration"
if python3 -c 'import json, sys; sys.exit(not json.load(open(sys.argv[1]))["verbose"])' "$options"; then
  set -- "$@" --verbose
fi
exec solar-compute-worker "$@"
