#!/usr/bin/env bash
# Plan a pull request's change, and check what is live and what is to be published. It applies nothing.
# Usage: check.sh DIRECTORY CONNECTOR CONFIGURATION CASES
set -euo pipefail

directory=$1
connector=$2
configuration=$3
cases=$4

terraform -chdir="$directory" init -input=false
terraform -chdir="$directory" plan -input=false -out=tfplan

echo "Outputs of what is applied now:"
terraform -chdir="$directory" output

echo "What is live:"
queueit status --name "$connector"

echo "What is to be published:"
queueit validate --strict "$configuration"
queueit test "$cases" --config "$configuration" --junit queueit.xml
