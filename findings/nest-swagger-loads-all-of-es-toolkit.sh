#!/usr/bin/env bash
# @nestjs/swagger 12.0.2 with es-toolkit 1.52.0: importing one decorator loads the whole Lodash layer of es-toolkit.
#
# Setting: an ES module that imports @nestjs/swagger. The coverage of V8 lists the files that Node evaluates.
# Expected: the functions that @nestjs/swagger calls, with what they need: es-toolkit has an entry for each function.
# Real: the files of @nestjs/swagger import 30 functions from the barrel `es-toolkit/compat`, of which Node removes
#   nothing. A service that only documents its routes evaluates 428 more files. In a process of its own the import of the
#   barrel took 120 ms of CPU and 22 MiB of memory (Node 26.10, 2 cores).
# Output seen:
#   functions that @nestjs/swagger imports: 30
#   files of es-toolkit that Node evaluates: 428
# Exits non-zero when this has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @nestjs/swagger@12.0.2 @nestjs/common@12.5.1 @nestjs/core@12.5.1 \
  es-toolkit@1.52.0 reflect-metadata@0.2.2 rxjs@7.8.2 >/dev/null

NODE_V8_COVERAGE=evaluated node --input-type=module --eval "import '@nestjs/swagger'"
cat >count.mjs <<'JS'
import { readdirSync, readFileSync } from 'node:fs';

const swagger = 'node_modules/@nestjs/swagger/dist';
const imported = readdirSync(swagger, { recursive: true })
  .filter((path) => path.endsWith('.js'))
  .map((path) => /import \{([^}]*)\} from 'es-toolkit\/compat'/.exec(readFileSync(`${swagger}/${path}`, 'utf8'))?.[1] ?? '')
  .flatMap((names) => names.split(',').map((name) => name.trim()))
  .filter(Boolean);
const evaluated = readdirSync('evaluated')
  .flatMap((file) => JSON.parse(readFileSync(`evaluated/${file}`, 'utf8')).result)
  .filter(({ url }) => url.includes('/node_modules/es-toolkit/'));
console.log(`functions that @nestjs/swagger imports: ${new Set(imported).size}`);
console.log(`files of es-toolkit that Node evaluates: ${new Set(evaluated.map(({ url }) => url)).size}`);
JS
seen=$(node count.mjs)
echo "$seen"
[ "$seen" = 'functions that @nestjs/swagger imports: 30
files of es-toolkit that Node evaluates: 428' ]
