import { type SourceFile, SyntaxKind } from 'ts-morph';

const COMMENT = /\/\/ (#(?:end)?region part: \S+)/g;
const ELEMENT = /\n?[ \t]*'(#(?:end)?region part: \S+)',?[ \t]*\n?/g;

/** Turns the marks of regions between elements of arrays into elements. ts-morph removes an element with the comments before it. */
export function turnMarksIntoElements(file: SourceFile): void {
  const text = file.getFullText();
  if (!text.includes('region part: ')) return;
  const between = file.getDescendantsOfKind(SyntaxKind.ArrayLiteralExpression).flatMap((array) => {
    const elements = array.getElements();
    const starts = [array.getStart(), ...elements.map((element) => element.getEnd())];
    const ends = [...elements.map((element) => element.getStart()), array.getEnd()];
    return starts.map((start, nth) => ({ start, end: ends[nth] ?? start }));
  });
  file.replaceWithText(
    text.replace(COMMENT, (mark: string, name: string, at: number) =>
      between.some(({ start, end }) => at >= start && at < end) ? `'${name}',` : mark,
    ),
  );
}

/** Undoes `turnMarksIntoElements`. */
export function turnElementsIntoMarks(file: SourceFile): void {
  file.replaceWithText(file.getFullText().replace(ELEMENT, '\n// $1\n'));
}
