import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigError, exampleEnv, redactConfig, secret } from '@film-store/config';
import { httpUrls, parseConfig, serviceConfig } from './config.ts';

// Without the settings of the libraries, which have their own specs.
const schema = z
  .object(serviceConfig({ port: 3009 }).shape)
  .pick({ HOST: true, PORT: true, LOG_LEVEL: true, ADMIN_TOKEN: true })
  .extend({
    SHOP_URL: httpUrls.default('http://localhost:1').describe('URLs of the shop.'),
    TOKEN: secret(z.string().min(8)).optional().describe('A shared secret.'),
  });

describe('parseConfig', () => {
  it('returns defaults for unset variables', () => {
    expect(parseConfig('shop', schema, {})).toEqual({
      HOST: '127.0.0.1',
      PORT: 3009,
      LOG_LEVEL: 'info',
      SHOP_URL: 'http://localhost:1',
    });
  });

  it('treats an empty variable as unset', () => {
    expect(parseConfig('shop', schema, { PORT: '', TOKEN: '' })).toMatchObject({ PORT: 3009 });
  });

  it.each([
    ['0', 0],
    ['65535', 65_535],
  ])('accepts port %s', (given, port) => {
    expect(parseConfig('shop', schema, { PORT: given }).PORT).toBe(port);
  });

  it.each(['-1', '65536', '1.5', 'http'])('rejects port %s', (given) => {
    expect(() => parseConfig('shop', schema, { PORT: given })).toThrow(/PORT: /);
  });

  it('names all invalid variables at once, without their values', () => {
    const parse = () =>
      parseConfig('shop', schema, { PORT: 'x', LOG_LEVEL: 'loud', SHOP_URL: 'ftp://shop', TOKEN: 'hunter2' });
    expect(parse).toThrow(ConfigError);
    expect(parse).toThrow(
      /^shop cannot start.*\n {2}PORT: .+\n {2}LOG_LEVEL: .+\n {2}SHOP_URL: .+\n {2}TOKEN: .+$/,
    );
    expect(parse).not.toThrow(/hunter2/);
  });

  it.each(['http://ann:hunter2@shop', 'http://ann@shop', 'http://shop|http://:hunter2@shop'])(
    'rejects a URL with a password, which operators would see: %s',
    (given) => {
      const parse = () => parseConfig('shop', schema, { SHOP_URL: given });
      expect(parse).toThrow(/SHOP_URL: must be URLs without passwords/);
      expect(parse).not.toThrow(/hunter2/);
    },
  );

  it.each(['http://shop', 'http://shop:81/', 'https://shop, https://shop:81|http://shop'])(
    'accepts URLs of a service: %s',
    (given) => {
      expect(parseConfig('shop', schema, { SHOP_URL: given }).SHOP_URL).toBe(given);
    },
  );

  it.each([
    'http://shop/base',
    'http://shop/?x=1',
    'http://shop?',
    'http://shop/#a',
    'http://shop,,http://shop:81',
    'http://shop|http://shop:81/base',
    'shop:81',
  ])('rejects as URLs of a service: %s', (given) => {
    expect(() => parseConfig('shop', schema, { SHOP_URL: given })).toThrow(
      /:\n {2}SHOP_URL: must be URLs without [^\n]+$/,
    );
  });

  it.each(['http://shop,http://shop', 'http://shop:80|http://SHOP/'])(
    'rejects a duplicate URL: %s',
    (given) => {
      expect(() => parseConfig('shop', schema, { SHOP_URL: given })).toThrow(
        /:\n {2}SHOP_URL: must name each URL once$/,
      );
    },
  );

  it('returns a frozen object', () => {
    expect(Object.isFrozen(parseConfig('shop', schema, {}))).toBe(true);
  });
});

describe('the minimum and maximum of the concurrency limit', () => {
  const films = serviceConfig({ port: 3009 }).extend({ FILMS: httpUrls.optional() });

  it('may be equal', () => {
    const env = { OVERLOAD_LIMIT_MIN: '7', OVERLOAD_LIMIT_MAX: '7' };
    expect(parseConfig('films', films, env)).toMatchObject({ OVERLOAD_LIMIT_MIN: 7, OVERLOAD_LIMIT_MAX: 7 });
  });

  it('are reported with all other errors if the minimum exceeds the maximum', () => {
    const env = { PORT: 'x', FILMS: 'http://films/base', OVERLOAD_LIMIT_MIN: '8', OVERLOAD_LIMIT_MAX: '7' };
    expect(() => parseConfig('films', films, env)).toThrow(
      /\n {2}PORT: .+\n {2}FILMS: .+\n {2}OVERLOAD_LIMIT_MIN: must not exceed OVERLOAD_LIMIT_MAX$/,
    );
  });

  it('are reported once if one of them is not a number', () => {
    const env = { OVERLOAD_LIMIT_MIN: 'x', OVERLOAD_LIMIT_MAX: '7' };
    expect(() => parseConfig('films', films, env)).toThrow(/:\n {2}OVERLOAD_LIMIT_MIN: [^\n]+$/);
  });
});

describe('an unknown variable with the prefix of a library', () => {
  it.each([
    'UPSTREAM_CATALOG_BRAKER_VOLUME',
    'UPSTREAM_BREAKER_VOLUME',
    'UPSTREAM__BREAKER_VOLUME',
    'UPSTREAM_CATALOG_BREAKER_VOLUMES',
    'OVERLOAD_LIMIT',
  ])('is reported with all other errors: %s', (name) => {
    expect(() => parseConfig('shop', schema, { PORT: 'x', [name]: '1' })).toThrow(
      new RegExp(`\\n {2}PORT: .+\\n {2}${name}: is not a known variable$`),
    );
  });

  it.each(['UPSTREAM_CATALOG_BREAKER_VOLUME', 'UPSTREAM_A_B_HEDGE', 'SHOP_OVERLOAD_LIMIT'])(
    'is accepted if it may configure another service: %s',
    (name) => {
      expect(parseConfig('shop', schema, { [name]: '1' })).not.toHaveProperty(name);
    },
  );
});

it('redacts only secrets that are set', () => {
  const redacted = redactConfig(schema, parseConfig('shop', schema, { TOKEN: 'hunter2hunter2' }));
  expect(redacted).toMatchObject({ PORT: 3009, TOKEN: '(redacted)' });
  expect(redactConfig(schema, parseConfig('shop', schema, {}))).not.toHaveProperty('TOKEN');
});

it('returns an example with descriptions and defaults', () => {
  expect(exampleEnv('shop', schema)).toBe(
    `# --- shop ---

# Address to listen on. 0.0.0.0 accepts connections from other machines.
# HOST=127.0.0.1

# Port to listen on. 0 selects a free port.
# PORT=3009

# Minimum level of log lines: trace, debug, info, warn, error, fatal, silent.
# LOG_LEVEL=info

# Bearer token of operators for /ops. Unset: only callers on this machine are admitted. Set it behind a proxy on this machine: if the proxy adds no header such as Forwarded or X-Forwarded-For, all of its clients are admitted.
# ADMIN_TOKEN=
# ADMIN_TOKEN_FILE=

# URLs of the shop.
# SHOP_URL=http://localhost:1

# A shared secret.
# TOKEN=
# TOKEN_FILE=
`,
  );
});
