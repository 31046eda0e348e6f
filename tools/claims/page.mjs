// The claims as a page.

const NOTE = `<!-- Written by npm run claims; changes are lost. -->`;

/** @param claims what each came to, in the order of the paper */
export function page(sets, claims) {
  const sections = claims.map((claim, at) => section(claim, at + 1));
  return [
    NOTE,
    '# The claims of the paper, tested',
    intro(),
    summary(claims),
    ...sections,
    data(sets),
    repeat(sets),
  ].join('\n\n');
}

function intro() {
  return `What LiMAML claims, each put to the data sets at hand and read from the records of the runs. A claim is **supported**
where the 95 % interval of the difference lies on its side of zero, **not supported** where it lies on the other, and
**open** where zero is inside. Intervals of claim 1 are a paired bootstrap over seeds and tasks, the others t-intervals
over seeds. The paper's own data are LinkedIn's, and its online tests cannot be repeated: these are other data and an
implementation of our own, so what is tested here is the method, not the paper's figures.`;
}

function summary(claims) {
  const rows = claims.map(({ title, rows }, at) => `| ${at + 1} | ${title} | ${tally(rows)} |`);
  return ['| | claim | verdicts |', '| --: | :-- | :-- |', ...rows].join('\n');
}

function tally(rows) {
  const counts = new Map();
  for (const { verdict } of rows) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return [...counts].map(([verdict, count]) => `${verdict}: ${count}`).join(', ') || 'not run';
}

function section({ title, note, columns, rows }, number) {
  const lines = rows.map(({ cells, verdict }) => `| ${[...cells, verdict].join(' | ')} |`);
  const head = [`| ${columns.join(' | ')} |`, `| ${columns.map(() => ':--').join(' | ')} |`];
  const notes = note === undefined ? [] : [note, ''];
  return [`## ${number}. ${title}`, '', ...notes, ...head, ...lines].join('\n');
}

function data(sets) {
  const lines = sets.map(
    ({ title, experiment, data: { rows, tasks, fingerprint }, spec, environment }) =>
      `| ${[title, experiment, `${rows.toLocaleString('en')}`, `${tasks.toLocaleString('en')}`, spec.seeds.join(', '), fingerprint.slice(0, 12), environment.commit?.slice(0, 9) ?? '–'].join(' | ')} |`,
  );
  const head = '| data set | experiment | rows | tasks | seeds | data fingerprint | commit |';
  return [
    '## Data and runs',
    '',
    head,
    '| :-- | :-- | --: | --: | :-- | :-- | :-- |',
    ...lines,
  ].join('\n');
}

function repeat(sets) {
  const runs = sets.map(
    ({ environment: { command } }) => `npx limaml ${command.map(shown).join(' ')}`,
  );
  const results = sets.map(({ title }) => `"${title}=OUT"`).join(' ');
  return ['## Repeat it', '', '```sh', ...runs, `npm run claims -- ${results}`, '```'].join('\n');
}

/** Folders of the machine that it ran on say nothing to anybody else. */
function shown(argument) {
  const [name, path] = argument.split('=');
  if (path?.startsWith('/')) return `${name}=DIR`;
  return argument.startsWith('/') ? 'OUT' : argument;
}
