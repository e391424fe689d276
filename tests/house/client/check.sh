#!/usr/bin/env bash
# Lint openapi.yaml (3.1) and compile a TypeScript client generated from it in strict mode.
set -euo pipefail
cd "$(dirname "$0")"
npm ci --silent --no-audit --no-fund
npx --no-install redocly lint ../../../openapi.yaml --config redocly.yaml --format=stylish
npx --no-install openapi-typescript ../../../openapi.yaml --default-non-nullable=false --output generated.d.ts
npx --no-install tsc --noEmit -p tsconfig.json
echo "openapi.yaml: lint clean, client compiles in strict mode"
