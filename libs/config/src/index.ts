export { readableFile } from './readable-file.ts';
export { readSecretFiles } from './secret-files.ts';
export { isSecret, secret } from './secret.ts';
