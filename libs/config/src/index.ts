export { ConfigError, parseEnvironment, redactConfig } from './environment.ts';
export { withLocalDefault } from './local-default.ts';
export { mapOptions } from './option-variables.ts';
export { readableFile } from './readable-file.ts';
export { exampleEnv, optionTable, toRange } from './reference.ts';
export { isSecret, secret } from './secret.ts';
