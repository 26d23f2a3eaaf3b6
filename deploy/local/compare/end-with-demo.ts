// Loaded with `node --import` into the naive gateway: ends it when the demo has ended, also by SIGKILL.
const end = (): void => void process.kill(process.pid, 'SIGKILL');
process.on('disconnect', end);
if (!process.connected) end();
