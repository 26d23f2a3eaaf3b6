/** Places that keep a word, each with the reason. At most 15. */
export const allowed: readonly { readonly path: string; readonly words: RegExp; readonly reason: string }[] =
  [
    {
      path: 'test/docs/{words,check-language,language}*.ts',
      words: /./,
      reason: 'holds the words themselves',
    },
    { path: 'CHANGELOG.md', words: /./, reason: 'lists old names beside the new ones' },
  ];
