#!/bin/sh
# The suite on SQLite and, where DATABASE_URL or a local PostgreSQL is there, what asks the database again on PostgreSQL,
# without the browser: what a browser sees hardly depends on the database, and emptying and filling PostgreSQL for each of
# its tests took more time than all other tests together (CONTRIBUTING, Tests).
set -eu
bin=.venv/bin
sh tools/system.sh
echo "Tests on SQLite"
DATABASE_URL='' $bin/python -m pytest --numprocesses=auto "$@"
if url=$($bin/python tools/postgresql.py); then
    echo "Tests on PostgreSQL"
    DATABASE_URL="$url" $bin/python -m pytest --numprocesses=auto -m "not browser" --only-database tests "$@"
elif [ -n "${DATABASE_URL:-}" ]; then
    exit 1
else
    echo "Tests on PostgreSQL: not run, no server (set DATABASE_URL=postgresql://… to run them)"
fi
