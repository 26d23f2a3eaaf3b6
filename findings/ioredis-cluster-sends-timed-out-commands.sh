#!/usr/bin/env bash
# ioredis 6.0.0 with a Redis Cluster (redis-server 7.0 of Debian 12): a command whose promise was rejected by
# `commandTimeout` is sent and carried out afterwards.
#
# Setting: a cluster of one node, reached through a TCP proxy that delays each reply by 150 ms, so that a
#   connection, which takes several replies, takes longer than the command timeout of 200 ms. `enableOfflineQueue` is
#   false for the cluster and in `redisOptions`, so that no command should wait for a connection. INCR is sent as soon
#   as the cluster client is ready, while its connection to the node has yet to be made.
# Expected: INCR is rejected at once, or by its timeout, and never sent.
# Real: the node's own queue cannot be switched off (ConnectionPool.createRedisFromOptions puts
#   `enableOfflineQueue: true` before `redisOptions`), and the queue is flushed without a look at whether a command has
#   settled. The caller that takes the rejection for "not done" and repeats the command has it done twice.
# Output seen:
#   rejected: Command timed out
#   value then: null
#   value later: 1
# Exits non-zero when this has changed.
set -euo pipefail
command -v redis-server >/dev/null || { echo 'needs redis-server (apt-get install redis-server)'; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ioredis@6.0.0 >/dev/null

cat >given-up.mjs <<'JS'
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster, Redis } from 'ioredis';

const freePort = async () => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
};
const [port, bus] = [await freePort(), await freePort()];
const proxy = net.createServer((client) => {
  const node = net.connect(port, '127.0.0.1');
  client.on('data', (data) => node.write(data));
  node.on('data', (data) => setTimeout(() => client.destroyed || client.write(data), 150));
  for (const [one, other] of [[client, node], [node, client]]) one.on('error', () => {}).on('close', () => other.destroy());
}).listen(0, '127.0.0.1');
await once(proxy, 'listening');

const server = spawn('redis-server', ['--port', port, '--cluster-port', bus, '--bind', '127.0.0.1', '--save', '', '--cluster-enabled', 'yes',
  '--cluster-announce-ip', '127.0.0.1', '--cluster-announce-port', proxy.address().port], { stdio: 'ignore' });
const direct = new Redis({ port, maxRetriesPerRequest: null });
direct.on('error', () => {});
await direct.call('CLUSTER', 'ADDSLOTSRANGE', 0, 16383);
while (!(await direct.cluster('INFO')).includes('cluster_state:ok')) await sleep(50);

const cluster = new Cluster([{ host: '127.0.0.1', port }], {
  enableOfflineQueue: false,
  // The check would make the connection before the client is ready; in a cluster of several nodes it makes one of them.
  enableReadyCheck: false,
  retryDelayOnFailover: 0,
  redisOptions: { enableOfflineQueue: false, commandTimeout: 200, maxRetriesPerRequest: 0 },
});
cluster.on('error', () => {});
await once(cluster, 'ready');
console.log(await cluster.incr('films').then((value) => `resolved: ${value}`, ({ message }) => `rejected: ${message}`));
console.log(`value then: ${await direct.get('films')}`);
await sleep(2000);
console.log(`value later: ${await direct.get('films')}`);
server.kill();
process.exit();
JS
seen=$(node given-up.mjs)
echo "$seen"
[ "$seen" = 'rejected: Command timed out
value then: null
value later: 1' ]
