// Loaded with `node --import` into the naive gateway: ends it when the demo has ended, also by SIGKILL.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
