import { expect, it } from 'vitest';
import { buildTasks, fitEncoders } from '../index.js';
import { member, smallLog } from '../small-log.test-support.js';

const log = smallLog(6, 200, 8);
const tasks = buildTasks(log, member);
const trainRows = Uint8Array.from(log.label, (_, row) => Number(row % 4 > 0));
const factors = { dim: 2 };
const encoders = fitEncoders(log, member, { tasks, trainRows, factors });

it('gives training rows what was known of their candidate at the last moment before them', () => {
  const moments = [5000, 12_000];
  const { columns } = encoders.encode(log, tasks, { trainRows, moments });
  const { data, index } = columns['row.like_rate']!;
  const { globalRate, smoothing } = encoders.toJSON().statistics;
  log.label.forEach((_, row) => {
    if (!trainRows[row]) return;
    const moment = moments.filter((time) => time <= log.timestamp[row]!).at(-1) ?? -Infinity;
    const movie = log.refs.movie![row]!;
    const known = [...log.label.keys()].filter(
      (other) =>
        trainRows[other] && log.refs.movie![other] === movie && log.timestamp[other]! < moment,
    );
    const liked = movie < 0 ? 0 : known.reduce((sum, other) => sum + log.label[other]!, 0);
    const shown = movie < 0 ? 0 : known.length;
    const rate = (liked + smoothing * globalRate) / (shown + smoothing);
    expect(data[index![row]!]).toBeCloseTo(Math.log(rate / (1 - rate)), 5);
  });
});

it('gives the other rows what all training rows tell, as with folds', () => {
  const asOf = encoders.encode(log, tasks, { trainRows, moments: [5000] });
  const folded = encoders.encode(log, tasks, { trainRows });
  for (const name of ['row.like_rate', 'row.mean_rating', 'row.factors', 'row.factor_mean']) {
    const [one, other] = [asOf.columns[name]!, folded.columns[name]!];
    trainRows.forEach((train, row) => {
      if (train) return;
      const entry = ({ data, index, stride }: typeof one) =>
        data.slice(index![row]! * stride, (index![row]! + 1) * stride);
      expect(entry(one)).toEqual(entry(other));
    });
  }
});
