/** A line that begins or ends a marked region: `// #region generated: services`, `<!-- #endregion part: flags -->`. */
export interface Marker {
  readonly edge: 'region' | 'endregion';
  /** `generated`: the lines derive from the manifest. `part`: the lines belong to an optional part of the template. */
  readonly kind: 'generated' | 'part';
  readonly name: string;
  /** The blanks before the comment. */
  readonly indent: string;
}

const MARKER =
  /^(?<indent>\s*)(?:#|\/\/|<!--|\/\*) #(?<edge>region|endregion) (?<kind>generated|part): (?<name>[\w-]+)(?: (?:-->|\*\/))?$/;

/** Reads a line as a marker. Returns `undefined` for every other line. */
export const parseMarker = (line: string): Marker | undefined =>
  MARKER.exec(line)?.groups as Marker | undefined;

/**
 * Replaces the lines between `#region generated: NAME` and `#endregion generated: NAME`, which stay. Each new line gets the
 * indent of the first marker.
 * @throws Error if the text has not exactly one region of this name
 */
export function replaceSection(text: string, name: string, lines: readonly string[]): string {
  const all = text.split('\n');
  const { start, end, indent } = findSection(all, name);
  return all
    .toSpliced(start + 1, end - start - 1, ...lines.map((line) => (line === '' ? '' : indent + line)))
    .join('\n');
}

/** Returns the lines of a section as they are, without the markers. @throws Error as `replaceSection` */
export function readSection(text: string, name: string): string[] {
  const all = text.split('\n');
  const { start, end } = findSection(all, name);
  return all.slice(start + 1, end);
}

function findSection(lines: readonly string[], name: string): { start: number; end: number; indent: string } {
  const found = lines.flatMap((line, index) => {
    const marker = parseMarker(line);
    return marker?.kind === 'generated' && marker.name === name ? [{ ...marker, index }] : [];
  });
  const [first, second] = found;
  if (!first) throw new Error(`the line "#region generated: ${name}" is missing`);
  const isPair = found.length === 2 && first.edge === 'region' && second?.edge === 'endregion';
  if (!isPair) {
    const written = found.map(({ edge, index }) => `#${edge} in line ${index + 1}`).join(', ');
    throw new Error(
      `the section ${name} needs one "#region generated: ${name}" and then one "#endregion generated: ${name}"; it has ${written}`,
    );
  }
  return { start: first.index, end: second.index, indent: first.indent };
}
