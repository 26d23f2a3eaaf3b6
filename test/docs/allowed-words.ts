/** Places that keep a word, each with the reason. At most 15. */
export const allowed: readonly { readonly path: string; readonly words: RegExp; readonly reason: string }[] =
  [
    {
      path: 'test/docs/{words,check-language,language}*.ts',
      words: /./,
      reason: 'holds the words themselves',
    },
    { path: 'CHANGELOG.md', words: /./, reason: 'lists old names beside the new ones' },
    {
      path: '**',
      words: /(?:^|_)(?:COALESCE|RAMP_MS)$/,
      reason: 'ends variables of 0.1.0, which keep working',
    },
    { path: 'apps/catalog/src/database/schema.ts', words: /^coalesce$/, reason: 'function of SQL' },
    { path: 'docker-compose.yml', words: /^Viewer$/, reason: 'role of Grafana' },
    { path: 'test/docs/{language,links}.spec.ts', words: /./, reason: 'contains words as test data' },
    {
      path: 'docs/how-to/with-nest-a-mesh-or-alone.md',
      words: /^coalesce$/,
      reason: 'option of another library',
    },
    { path: 'deploy/platform/**', words: /^wasForgotten$/, reason: 'method of ts-morph' },
    {
      path: '{test/gameday/*.ts,docs/how-to/run-a-game-day.md,docs/reference/commands.md}',
      words: /^answer$/,
      reason: 'command of a game day',
    },
    { path: 'libs/ops/**', words: /Peers$/, reason: 'peers are services, which have several instances' },
  ];
