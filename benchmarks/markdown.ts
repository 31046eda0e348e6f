/**
 * A table in Markdown.
 * @param words how many columns at the left hold words; the others hold numbers. Default 1
 */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  words = 1,
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = header.map((_, column) => (column < words ? '---' : '--:'));
  return [line(header), line(rule), ...rows.map(line)].join('\n');
}
