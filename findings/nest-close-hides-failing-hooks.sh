#!/usr/bin/env bash
# @nestjs/core 12.5.1: `app.close()` resolves although a shutdown hook rejects.
#
# Expected: what 11.1.9 does. `close()` rejects with the error of the hook, so its caller knows that a part was not
# closed, and can end the process with another exit code than 0.
# Real: 12.5.1 collects the hooks with `Promise.allSettled` and gives each error to its logger only. `close()` resolves,
# a caller cannot notice the failure, and with `logger: false` there is no trace of the failure at all.
#
# Output seen:
#   11.1.9: close() rejects: the database is not closed
#   12.5.1: close() resolves
set -euo pipefail

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT

close_with() {
  mkdir "$directory/$1"
  cd "$directory/$1"
  npm init --yes >/dev/null
  npm install --silent --no-audit --no-fund "@nestjs/core@$1" "@nestjs/common@$1" reflect-metadata@0.2.2 rxjs@7.8.2 >&2
  cat >close.mjs <<'JS'
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

class Database {
  async onApplicationShutdown() {
    throw new Error('the database is not closed');
  }
}
class App {}
Module({ providers: [Database] })(App);
const app = await NestFactory.createApplicationContext(App, { logger: false });
const end = await app.close().then(() => 'resolves', (error) => `rejects: ${error.message}`);
console.log(`close() ${end}`);
JS
  echo "$1: $(node close.mjs)"
}

seen=$(close_with 11.1.9 && close_with 12.5.1)
echo "$seen"
[ "$seen" = '11.1.9: close() rejects: the database is not closed
12.5.1: close() resolves' ]
