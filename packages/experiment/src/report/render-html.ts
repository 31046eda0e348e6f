import type { ChartBlock, ReportBlock, TableBlock } from '@limaml/plugin';
import { escapeMarkup } from './escape-markup.js';
import { alignOf, formatCell } from './format-cell.js';
import { pageStyle } from './page-style.js';
import type { Report, ReportedSection } from './report.js';
import { stemOf } from './stem.js';
import { isKnown, unknownBlock } from './unknown-block.js';

/** Cells longer than this may be broken into lines. */
const LONG_CELL = 48;

/** A page loads nothing and runs nothing, whatever the names in it say. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/**
 * The report as one HTML page that needs nothing else: style and pictures are inside, and there are no scripts.
 *
 * @param drawings SVG of every chart
 */
export function renderHtml(report: Report, drawings: ReadonlyMap<ChartBlock, string>): string {
  const title = escapeMarkup(report.experiment);
  const about =
    report.about === undefined ? '' : `<p class="about">${escapeMarkup(report.about)}</p>`;
  const sections = report.sections.map((section) => renderSection(section, drawings));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeMarkup(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>
${pageStyle()}
</style>
</head>
<body>
<header>
<h1>${title}</h1>
${about}
${renderContents(report.sections)}
</header>
<main>
${sections.join('\n')}
</main>
</body>
</html>
`;
}

function renderContents(sections: readonly ReportedSection[]): string {
  const items = sections.map(
    ({ name, title }) => `<li><a href="#${anchorOf(name)}">${escapeMarkup(title)}</a></li>`,
  );
  return `<nav aria-label="Sections"><ul>${items.join('')}</ul></nav>`;
}

function renderSection(
  { name, title, blocks }: ReportedSection,
  drawings: ReadonlyMap<ChartBlock, string>,
): string {
  const parts = blocks.map((block) => renderBlock(block, drawings));
  return `<section id="${anchorOf(name)}">\n<h2>${escapeMarkup(title)}</h2>\n${parts.join('\n')}\n</section>`;
}

function anchorOf(name: string): string {
  return `section-${stemOf(name)}`;
}

function renderBlock(block: ReportBlock, drawings: ReadonlyMap<ChartBlock, string>): string {
  if (!isKnown(block)) return `<p>${escapeMarkup(unknownBlock(block))}</p>`;
  switch (block.kind) {
    case 'text':
      return block.format === 'code'
        ? `<pre>${escapeMarkup(block.text)}</pre>`
        : `<p>${escapeMarkup(block.text)}</p>`;
    case 'table':
      return renderTable(block);
    case 'chart':
      return renderChart(block, drawings.get(block) ?? '');
  }
}

function renderChart({ title, description }: ChartBlock, svg: string): string {
  const caption = `<figcaption><b>${escapeMarkup(title)}</b><p>${escapeMarkup(description)}</p></figcaption>`;
  return `<figure>${caption}<div class="chart">${svg}</div></figure>`;
}

function renderTable({ title, columns, rows }: TableBlock): string {
  const head = columns.map(
    (column, at) =>
      `<th scope="col" class="${alignOf(column, at)}">${escapeMarkup(column.name)}</th>`,
  );
  const body = rows.map((row) => {
    const cells = row.map((cell, at) =>
      renderCell(formatCell(cell, columns[at]!), alignOf(columns[at]!, at), at),
    );
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<div class="table"><table>
<caption>${escapeMarkup(title)}</caption>
<thead><tr>${head.join('')}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table></div>`;
}

/** The first cell of a row names it. */
function renderCell(text: string, align: string, at: number): string {
  const style = text.length > LONG_CELL ? `${align} wide` : align;
  const cell = escapeMarkup(text);
  return at === 0
    ? `<th scope="row" class="${style}">${cell}</th>`
    : `<td class="${style}">${cell}</td>`;
}
