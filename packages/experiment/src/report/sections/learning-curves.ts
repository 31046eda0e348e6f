import { defineReportSection } from '@limaml/plugin';
import type {
  LineSeries,
  ReportBlock,
  ReportPlugin,
  ReportResults,
  ReportRun,
} from '@limaml/plugin';

type Epoch = NonNullable<ReportRun['training']>['history'][number];

/** Loss and monitored metric of every trained model, epoch by epoch and seed by seed. */
export function learningCurveSection(): ReportPlugin {
  return defineReportSection({
    name: 'learning-curves',
    title: 'Learning curves',
    render: (results) => {
      const blocks = [
        ...curves(results, 'loss of training', ({ loss }) => loss),
        ...curves(results, 'monitored metric', ({ monitored }) => monitored),
      ];
      return blocks.length === 0 ? undefined : blocks;
    },
  });
}

function curves(
  { models }: ReportResults,
  what: string,
  valueOf: (epoch: Epoch) => number | null,
): readonly ReportBlock[] {
  const series = models.flatMap(({ name, runs }) =>
    runs.flatMap((run) => curve(name, run, valueOf)),
  );
  if (series.length === 0) return [];
  return [
    {
      ...{ kind: 'chart', form: 'line', series },
      x: { title: 'epoch' },
      y: { title: what },
      title: `${what[0]!.toUpperCase()}${what.slice(1)} by epoch`,
      description: DESCRIPTIONS[what]!,
    },
  ];
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  'loss of training':
    'Mean over the query rows of an epoch, one line per seed. The larger mark is the epoch that was kept.',
  'monitored metric':
    'On the validation tasks after each epoch, one line per seed. The larger mark is the epoch that was kept; one at the right end may mean that training was stopped too early.',
};

function curve(
  panel: string,
  { seed, training }: ReportRun,
  valueOf: (epoch: Epoch) => number | null,
): readonly LineSeries[] {
  const points = (training?.history ?? []).flatMap((epoch, at) => {
    const y = valueOf(epoch);
    return y === null ? [] : [{ x: at + 1, y, marked: at === training?.bestEpoch }];
  });
  return points.length === 0 ? [] : [{ name: `seed ${seed}`, panel, points }];
}
