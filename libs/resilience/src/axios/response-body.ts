import type { InternalAxiosRequestConfig } from 'axios';

/**
 * Returns a body as `responseType` asks for it: a `Buffer` for `arraybuffer`, else text, which axios itself parses.
 * @param data each byte of the body as one character
 */
export function decodeBody(
  data: string,
  { responseType, responseEncoding = 'utf8' }: InternalAxiosRequestConfig,
): Buffer | string {
  const bytes = Buffer.from(data, 'latin1');
  if (responseType === 'arraybuffer') return bytes;
  const text = bytes.toString(responseEncoding as BufferEncoding);
  return responseEncoding === 'utf8' ? text.replace(/^\uFEFF/, '') : text;
}
