#!/usr/bin/env bash
# Node.js 26.10.0 (V8 14.6): a full garbage collection at which no tick waits makes `process.nextTick` slow for the rest of the
# process.
#
# Setting: a process queues 50 ticks, is idle for a turn, collects garbage and queues ticks again. A server does the same: a
#   collection follows its start, and each write, read and end of a stream queues a tick. V8's own record of `process.nextTick`
#   (`%GetFeedback`) has how it creates the five properties of a tick's object, whose names are symbols.
# Expected: V8 knows the shape of the object before and after: five times MONOMORPHIC.
# Real: V8 records shapes weakly. The shape of a tick dies with the last waiting tick, the next tick has a new one, and V8 takes
#   two shapes for too many: four properties are MEGAMORPHIC, and V8 creates each of them by a call of its runtime. Under load a
#   tick then took 0.7 µs instead of 0.3; a page of our gateway queues about 15. With one object of a tick kept alive from the
#   start, the shape and the fast way stay.
# Output seen:
#   at first: MONOMORPHIC MONOMORPHIC MONOMORPHIC MONOMORPHIC MONOMORPHIC
#   after a collection: MONOMORPHIC MEGAMORPHIC MEGAMORPHIC MEGAMORPHIC MEGAMORPHIC
#   after a collection, with one object kept: MONOMORPHIC MONOMORPHIC MONOMORPHIC MONOMORPHIC MONOMORPHIC
# Exits non-zero when this has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm pkg set 'allowScripts[node]=true' --json >/dev/null
npm install --silent --no-audit --no-fund node@26.10.0 >/dev/null

cat >ticks.mjs <<'JS'
import { executionAsyncResource } from 'node:async_hooks';

const readFeedback = new Function('return %GetFeedback(process.nextTick)');
const states = () =>
  readFeedback()
    .filter(([kind]) => kind === 'DefineKeyedOwnPropertyInLiteral')
    .map(([, state]) => state)
    .join(' ');
const noop = () => {};

const keeps = process.argv[2] === 'keep';
export let kept;
if (keeps) process.nextTick(() => (kept = executionAsyncResource()));

let turns = 0;
const turn = () => {
  turns += 1;
  if (turns <= 50 || (turns > 55 && turns <= 105)) process.nextTick(noop);
  if (turns === 52 && !keeps) console.log(`at first: ${states()}`);
  if (turns === 54) gc();
  if (turns === 107) return console.log(`after a collection${keeps ? ', with one object kept' : ''}: ${states()}`);
  setImmediate(turn);
};
setImmediate(turn);
JS
run() { node_modules/.bin/node --allow-natives-syntax --expose-gc ticks.mjs "$@"; }
seen=$(run && run keep)
echo "$seen"
[ "$seen" = 'at first: MONOMORPHIC MONOMORPHIC MONOMORPHIC MONOMORPHIC MONOMORPHIC
after a collection: MONOMORPHIC MEGAMORPHIC MEGAMORPHIC MEGAMORPHIC MEGAMORPHIC
after a collection, with one object kept: MONOMORPHIC MONOMORPHIC MONOMORPHIC MONOMORPHIC MONOMORPHIC' ]
