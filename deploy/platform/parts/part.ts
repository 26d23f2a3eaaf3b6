/**
 * A part of the template that `npm run platform -- remove NAME` takes out. Inside files of others, its lines stand between
 * `#region part: NAME` and `#endregion part: NAME`. Imports of its files, and the list entries that use them, need no region.
 * A row of a Markdown table has the mark `<!-- part: NAME -->` instead.
 */
export interface Part {
  /** As in the command, in regions and in the manifest. */
  readonly name: string;
  /** Names the part in a sentence, such as `the control room`. */
  readonly title: string;
  /** Its files and folders, from the root of the repository. Its own file in `deploy/platform/parts` is one of them. */
  readonly paths: readonly string[];
  /** The npm packages that it needs. Those that other code imports too stay. */
  readonly packages: readonly string[];
}
