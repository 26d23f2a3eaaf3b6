// Plain JavaScript, loaded by `node --import` ahead of the TypeScript entries: an older Node cannot read those at all.
const required = 26;
const major = Number(process.versions.node.split('.')[0]);
if (major !== required) {
  console.error(
    `Node ${required} is needed, but this is Node ${process.versions.node} (${process.execPath}).\n` +
      'The project brings its own Node as the npm package `node`, whose install script fetches it. Where install\n' +
      'scripts are switched off, npm falls back silently to the Node of the system. Run `npm ci` with install\n' +
      `scripts allowed (npm config get ignore-scripts → false), or put Node ${required} on the PATH.`,
  );
  process.exit(1);
}
