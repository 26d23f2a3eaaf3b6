import { GENERATED } from '../generated-header.ts';
import { parseMarker } from '../section.ts';

/** The note of a generated file may follow the first lines of another comment or document. */
const HEADER_LINES = 3;

/**
 * Returns `text` with the generated parts of `theirs`: the whole of a generated file, or the marked sections that both have. So
 * both sides of a merge have the same text there, and it is generated again after the merge.
 */
export function takeGeneratedParts(text: string, theirs: string): string {
  if (theirs.split('\n', HEADER_LINES).some((line) => line.includes(GENERATED))) return theirs;
  const lines = text.split('\n');
  const sections = findSections(lines);
  const theirLines = theirs.split('\n');
  const theirSections = findSections(theirLines);
  return lines
    .flatMap((line, index) => {
      const section = sections.find(({ start, end }) => index > start && index < end);
      const their = theirSections.find(({ name }) => name === section?.name);
      if (!section || !their) return [line];
      return index === section.start + 1 ? theirLines.slice(their.start + 1, their.end) : [];
    })
    .join('\n');
}

interface Section {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Returns the marked sections that are not empty. */
function findSections(lines: readonly string[]): Section[] {
  const markers = lines.flatMap((line, index) => {
    const marker = parseMarker(line);
    return marker?.kind === 'generated' ? [{ ...marker, index }] : [];
  });
  return markers.flatMap(({ edge, name, index }, place) => {
    const next = markers[place + 1];
    const isPair = edge === 'region' && next?.edge === 'endregion' && next.name === name;
    return isPair && next.index > index + 1 ? [{ name, start: index, end: next.index }] : [];
  });
}
