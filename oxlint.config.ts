import { defineConfig } from 'oxlint';

/** Restricts imports. The last override that matches a file applies, so each override lists all its restrictions. */
interface Boundary {
  readonly group?: string[];
  readonly regex?: string;
  readonly message: string;
  readonly allowTypeImports?: true;
  readonly importNames?: string[];
}

const relativeAcross: Boundary = {
  group: ['**/libs/**', '**/apps/**'],
  message:
    'Import a library as @film-store/NAME. An app never imports another app: what they share is in @film-store/contracts.',
};
const rawHttp: Boundary = {
  // Not a group: the name axios would match @nestjs/axios too.
  regex: '^(?:axios|undici|node:https?)(?:/|$)',
  message: 'Only libs/resilience talks HTTP: declare an upstream and inject it.',
  allowTypeImports: true,
};
const nestHttp: Boundary = {
  group: ['@nestjs/axios'],
  importNames: ['HttpModule'],
  message: 'Provide HttpService with ResilientHttpModule of @film-store/resilience/axios.',
};
const telemetrySdk: Boundary = {
  group: ['@opentelemetry/*', '!@opentelemetry/api'],
  message:
    'Only libs/telemetry knows the SDK: use @opentelemetry/api, which costs nothing with telemetry off.',
};
const service: Boundary = {
  group: ['@film-store/service'],
  message: 'Only apps import the service: take what you need as an argument or by injection.',
};
// #region part: flags
const openFeature: Boundary = {
  group: ['@openfeature/*', '@grpc/*'],
  message:
    'Only libs/feature-flags knows OpenFeature: declare a flag with booleanFlag and read it from Flags.',
};
// #endregion part: flags
const nest: Boundary = {
  group: ['@nestjs/*'],
  message: 'This code is free of frameworks, so that it can be used and tested without one.',
};

/** Restrictions of all production code. */
const everywhere: Boundary[] = [
  relativeAcross,
  // #region part: flags
  openFeature,
  // #endregion part: flags
];
const restrict = (...patterns: Boundary[]) => restrictOnly(...everywhere, ...patterns);

const restrictOnly = (...patterns: Boundary[]) => ({
  'no-restricted-imports': ['error', { patterns }] as ['error', { patterns: Boundary[] }],
  'no-restricted-globals': ['error', { name: 'fetch', message: rawHttp.message }] as [
    'error',
    { name: string; message: string },
  ],
});

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'import', 'promise', 'node', 'oxc', 'vitest'],
  categories: { correctness: 'error', suspicious: 'error', perf: 'error' },
  rules: {
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'no-unused-vars': ['error', { ignoreRestSiblings: true }],
    'import/no-cycle': 'error',
    // Nest's modules are classes without members.
    'typescript/no-extraneous-class': 'off',
    // Libraries' own types are loose in places; an assertion there says what their documentation promises.
    'typescript/no-unsafe-type-assertion': 'off',
    'import/no-unassigned-import': 'off',
    'import/no-named-as-default-member': 'off',
    'unicorn/consistent-function-scoping': 'off',
    // Retries and feeds go step by step on purpose.
    'no-await-in-loop': 'off',
    'no-shadow': 'off',
    'vitest/require-to-throw-message': 'off',
    'vitest/valid-title': 'off',
    // A suite runs on several engines, and not every engine can do everything.
    'vitest/no-conditional-tests': 'off',
  },
  overrides: [
    {
      files: ['apps/**/*.ts'],
      rules: restrict(rawHttp, nestHttp, telemetrySdk),
    },
    {
      files: ['libs/**/*.ts'],
      rules: restrict(rawHttp, nestHttp, telemetrySdk, service),
    },
    // #region part: flags
    {
      files: ['libs/feature-flags/**/*.ts'],
      rules: restrictOnly(relativeAcross, rawHttp, nestHttp, telemetrySdk, service),
    },
    // #endregion part: flags
    { files: ['libs/service/**/*.ts'], rules: restrict(telemetrySdk) },
    {
      files: ['libs/telemetry/**/*.ts'],
      rules: restrict(rawHttp, nestHttp, service, nest),
    },
    {
      files: ['libs/resilience/**/*.ts'],
      rules: restrict(telemetrySdk, service),
    },
    {
      files: ['libs/{config,contracts,core}/**/*.ts'],
      rules: restrict(rawHttp, nestHttp, telemetrySdk, service, nest),
    },
    {
      // Applications add members to `ApplicationProblems`, which the package itself does not see.
      files: ['libs/problem/src/problem.ts'],
      rules: {
        'typescript/no-generated-empty-object-type': 'off',
        'typescript/no-redundant-type-constituents': 'off',
      },
    },
    // Tests and tools talk to services the way a client does.
    {
      files: ['**/*.spec.ts', '**/test/**/*.ts', 'deploy/**/*.ts'],
      rules: { 'no-restricted-imports': 'off', 'no-restricted-globals': 'off' },
    },
  ],
  ignorePatterns: ['**/dist', 'coverage', '.data'],
});
