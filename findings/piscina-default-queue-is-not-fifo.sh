#!/usr/bin/env bash
# piscina 5.3.2: the default task queue, which its README calls first-in-first-out, does not run tasks in that order.
#
# Setting: one thread, and a burst of 16 tasks.
# Expected: README, "Custom Task Queues": "By default, Piscina uses a simple array-based first-in-first-out (fifo) task
#   queue." The tasks of a burst run in the order of `run`.
# Real: when a thread may be free, the pool takes the first task from the queue and offers it to the threads. If none
#   takes it, the pool appends it to the end. So each attempt moves the oldest task behind all others. With
#   `stricterFIFO: true` it goes back to the front.
# Output seen:
#   default: in order: false
#   stricterFIFO: in order: true
# Exits 0 while it is so, and 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund --save-exact --omit=optional piscina@5.3.2
echo 'export default (n) => n;' > worker.js
cat > try.js <<'JS'
import { Piscina } from 'piscina';

for (const [name, options] of [['default', {}], ['stricterFIFO', { stricterFIFO: true }]]) {
  const filename = new URL('./worker.js', import.meta.url).href;
  const pool = new Piscina({ filename, minThreads: 1, maxThreads: 1, ...options });
  await pool.run(-1);
  const ended = [];
  await Promise.all(Array.from({ length: 16 }, (_, n) => pool.run(n).then(() => ended.push(n))));
  const inOrder = ended.every((n, place) => n === place);
  console.log(`${name}: in order: ${inOrder}`);
  if (process.argv[2] === '--verbose') console.log(ended.join(' '));
  await pool.destroy();
}
JS
cat > expected <<'OUT'
default: in order: false
stricterFIFO: in order: true
OUT
node try.js | tee seen
diff expected seen > /dev/null || { echo 'changed'; exit 1; }
