import { FONT, GRID, INK, MUTED, PAPER, SERIES, darkStyle, type Colour } from './charts/theme.js';

const NAMED: Readonly<Record<string, Colour>> = {
  paper: PAPER,
  ink: INK,
  muted: MUTED,
  line: GRID,
  link: SERIES[0]!,
};

/** Style of the page of a report: light or dark as the reader likes, light in print. */
export function pageStyle(): string {
  return `${variables('light')}
@media screen and (prefers-color-scheme:dark){${variables('dark')}}
${RULES}
${darkStyle('.chart ')}`;
}

function variables(ground: keyof Colour): string {
  const values = Object.entries(NAMED).map(([name, colour]) => `--${name}:${colour[ground]}`);
  return `:root{color-scheme:${ground};${values.join(';')}}`;
}

const RULES = `*{box-sizing:border-box}
body{margin:0 auto;max-width:1000px;padding:24px 20px 60px;background:var(--paper);color:var(--ink);font:15px/1.55 ${FONT}}
h1{font-size:26px;line-height:1.25;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:19px;margin:44px 0 12px;padding-top:14px;border-top:1px solid var(--line)}
p{max-width:76ch;margin:0 0 12px;overflow-wrap:anywhere}
.about,figcaption p{color:var(--muted);font-size:13.5px}
nav{margin:18px 0 0;font-size:14px}
nav ul{display:flex;flex-wrap:wrap;gap:4px 16px;margin:0;padding:0;list-style:none}
a{color:var(--link)}
.table{overflow-x:auto;margin:0 0 18px}
table{border-collapse:collapse;font-size:14px;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding:0 0 6px}
th,td{padding:5px 14px 5px 0;border-bottom:1px solid var(--line);vertical-align:top;white-space:nowrap}
th{font-weight:600}
thead th{color:var(--muted);font-size:13px}
tbody th{font-weight:normal}
.left{text-align:left}
.right{text-align:right;padding:5px 0 5px 20px}
.wide{white-space:normal;min-width:16ch}
figure{margin:0 0 26px}
figcaption b{display:block}
figcaption p{margin:2px 0 8px}
.chart svg{display:block;max-width:100%;height:auto}
#section-summary p:first-of-type{font-size:17px;font-weight:600}
pre{margin:0 0 14px;padding:10px 14px;border:1px solid var(--line);border-radius:6px;overflow-x:auto;font:13px/1.5 ui-monospace,'SF Mono',Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere}
@media print{body{max-width:none;padding:0}nav{display:none}figure,tr,pre{break-inside:avoid}h2{break-after:avoid}}`;
