import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigError, exampleEnv, redactConfig, secret } from '@film-store/config';
import { httpUrls, parseConfig, serviceConfig } from './config.ts';

// Without the settings of other libraries, which have specs of their own.
const schema = z
  .object(serviceConfig({ port: 3009 }).shape)
  .pick({ HOST: true, PORT: true, LOG_LEVEL: true, ADMIN_TOKEN: true })
  .extend({
    SHOP_URL: httpUrls.default('http://localhost:1').describe('Where the shop answers.'),
    TOKEN: secret(z.string().min(8)).optional().describe('A shared secret.'),
  });

describe('parseConfig', () => {
  it('fills in defaults', () => {
    expect(parseConfig('shop', schema, {})).toEqual({
      HOST: '127.0.0.1',
      PORT: 3009,
      LOG_LEVEL: 'info',
      SHOP_URL: 'http://localhost:1',
    });
  });

  it('takes an empty variable as not set', () => {
    expect(parseConfig('shop', schema, { PORT: '', TOKEN: '' })).toMatchObject({ PORT: 3009 });
  });

  it.each([
    ['0', 0],
    ['65535', 65_535],
  ])('takes port %s', (given, port) => {
    expect(parseConfig('shop', schema, { PORT: given }).PORT).toBe(port);
  });

  it.each(['-1', '65536', '1.5', 'http'])('refuses port %s', (given) => {
    expect(() => parseConfig('shop', schema, { PORT: given })).toThrow(/PORT: /);
  });

  it('names every bad variable at once, without its value', () => {
    const parse = () =>
      parseConfig('shop', schema, { PORT: 'x', LOG_LEVEL: 'loud', SHOP_URL: 'ftp://shop', TOKEN: 'hunter2' });
    expect(parse).toThrow(ConfigError);
    expect(parse).toThrow(
      /^shop cannot start.*\n {2}PORT: .+\n {2}LOG_LEVEL: .+\n {2}SHOP_URL: .+\n {2}TOKEN: .+$/,
    );
    expect(parse).not.toThrow(/hunter2/);
  });

  it.each(['http://ann:hunter2@shop', 'http://ann@shop', 'http://shop|http://:hunter2@shop'])(
    'refuses an address with a password in it, which operators would see: %s',
    (given) => {
      const parse = () => parseConfig('shop', schema, { SHOP_URL: given });
      expect(parse).toThrow(/SHOP_URL: must be addresses without passwords/);
      expect(parse).not.toThrow(/hunter2/);
    },
  );

  it.each(['http://shop', 'http://shop:81/', 'https://shop, https://shop:81|http://shop'])(
    'takes the addresses of a service: %s',
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
  ])('refuses as the address of a service: %s', (given) => {
    expect(() => parseConfig('shop', schema, { SHOP_URL: given })).toThrow(
      /:\n {2}SHOP_URL: must be addresses without [^\n]+$/,
    );
  });

  it.each(['http://shop,http://shop', 'http://shop:80|http://SHOP/'])(
    'refuses an address that is there twice: %s',
    (given) => {
      expect(() => parseConfig('shop', schema, { SHOP_URL: given })).toThrow(
        /:\n {2}SHOP_URL: must name each address once$/,
      );
    },
  );

  it('cannot be changed afterwards', () => {
    expect(Object.isFrozen(parseConfig('shop', schema, {}))).toBe(true);
  });
});

describe('the bounds of the inbound limit', () => {
  const films = serviceConfig({ port: 3009 }).extend({ FILMS: httpUrls.optional() });

  it('may be one number', () => {
    const env = { OVERLOAD_LIMIT_MIN: '7', OVERLOAD_LIMIT_MAX: '7' };
    expect(parseConfig('films', films, env)).toMatchObject({ OVERLOAD_LIMIT_MIN: 7, OVERLOAD_LIMIT_MAX: 7 });
  });

  it('in the wrong order are named with whatever else is wrong', () => {
    const env = { PORT: 'x', FILMS: 'http://films/base', OVERLOAD_LIMIT_MIN: '8', OVERLOAD_LIMIT_MAX: '7' };
    expect(() => parseConfig('films', films, env)).toThrow(
      /\n {2}PORT: .+\n {2}FILMS: .+\n {2}OVERLOAD_LIMIT_MIN: must not exceed OVERLOAD_LIMIT_MAX$/,
    );
  });

  it('that are no numbers have one fault each', () => {
    const env = { OVERLOAD_LIMIT_MIN: 'x', OVERLOAD_LIMIT_MAX: '7' };
    expect(() => parseConfig('films', films, env)).toThrow(/:\n {2}OVERLOAD_LIMIT_MIN: [^\n]+$/);
  });
});

describe('a name that begins like a setting of the policies', () => {
  it.each([
    'UPSTREAM_CATALOG_BRAKER_VOLUME',
    'UPSTREAM_BREAKER_VOLUME',
    'UPSTREAM__BREAKER_VOLUME',
    'UPSTREAM_CATALOG_BREAKER_VOLUMES',
    'OVERLOAD_LIMIT',
  ])('and is none is refused, with whatever else is wrong: %s', (name) => {
    expect(() => parseConfig('shop', schema, { PORT: 'x', [name]: '1' })).toThrow(
      new RegExp(`\\n {2}PORT: .+\\n {2}${name}: is no setting$`),
    );
  });

  it.each(['UPSTREAM_CATALOG_BREAKER_VOLUME', 'UPSTREAM_A_B_HEDGE', 'SHOP_OVERLOAD_LIMIT'])(
    'and may be that of another service passes: %s',
    (name) => {
      expect(parseConfig('shop', schema, { [name]: '1' })).not.toHaveProperty(name);
    },
  );
});

it('redacts secrets, and only those that are set', () => {
  const shown = redactConfig(schema, parseConfig('shop', schema, { TOKEN: 'hunter2hunter2' }));
  expect(shown).toMatchObject({ PORT: 3009, TOKEN: '(redacted)' });
  expect(redactConfig(schema, parseConfig('shop', schema, {}))).not.toHaveProperty('TOKEN');
});

it('writes an example with descriptions and defaults', () => {
  expect(exampleEnv('shop', schema)).toBe(
    `# --- shop ---

# Address to listen on; 0.0.0.0 lets other machines in.
# HOST=127.0.0.1

# Port to listen on; 0 takes a free one.
# PORT=3009

# How much is logged: trace, debug, info, warn, error, fatal, silent.
# LOG_LEVEL=info

# What operators show as a bearer token under /ops. Unset: only this machine is let in. Set it behind a proxy: one on this machine that adds no header such as Forwarded or X-Forwarded-For lets in all of its clients.
# ADMIN_TOKEN=
# ADMIN_TOKEN_FILE=

# Where the shop answers.
# SHOP_URL=http://localhost:1

# A shared secret.
# TOKEN=
# TOKEN_FILE=
`,
  );
});
