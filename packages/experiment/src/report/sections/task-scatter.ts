import { defineReportSection } from '@limaml/plugin';
import type {
  ReportBlock,
  ReportContext,
  ReportPlugin,
  ReportPrediction,
  ReportResults,
} from '@limaml/plugin';
import { softplus } from '../../numbers.js';
import { isBinary, mainPredictions } from './kept-predictions.js';
import { mainMetric, strongestOther } from './results-view.js';

/** Points of a picture; with more, every so many tasks are shown. */
const SHOWN = 1500;

/** A task with the loss of two models on its query rows. */
interface TaskPair {
  readonly other: number;
  readonly own: number;
}

/** Task by task: the first model beside the strongest other. */
export function taskScatterSection(): ReportPlugin {
  return defineReportSection({ name: 'tasks', title: 'Task by task', render: taskScatter });
}

async function taskScatter(
  results: ReportResults,
  context: ReportContext,
): Promise<readonly ReportBlock[] | undefined> {
  const metric = mainMetric(results, context);
  const other = metric && strongestOther(results, metric)?.model;
  const [first] = results.models;
  if (first === undefined || other === undefined) return undefined;
  const own = await mainPredictions(first, context);
  const others = await mainPredictions(other, context);
  if (own.length !== others.length) return undefined;
  const pairs = own.flatMap((seed, at) => pairTasks(seed, others[at]!));
  if (pairs.length === 0) return undefined;
  const loss = own.every(isBinary) ? 'log-loss (nats)' : 'mean absolute error';
  return [scatterOf(pairs, { first: first.name, other: other.name, loss })];
}

function scatterOf(
  pairs: readonly TaskPair[],
  { first, other, loss }: Readonly<Record<'first' | 'other' | 'loss', string>>,
): ReportBlock {
  const stride = Math.ceil(pairs.length / SHOWN);
  const shown = pairs.filter((_, at) => at % stride === 0);
  const share = (100 * pairs.filter(({ own, other }) => own < other).length) / pairs.length;
  const part = stride === 1 ? '' : ` Shown is one task in ${stride}.`;
  return {
    ...{ kind: 'chart', form: 'scatter', diagonal: true },
    x: { title: `${loss} of ${other}` },
    y: { title: `${loss} of ${first}` },
    series: [{ name: 'task', points: shown.map((pair) => ({ x: pair.other, y: pair.own })) }],
    title: `${loss} of each task: ${first} against ${other}`,
    description: `One dot per test task and seed. Below the dashed line ${first} is better: ${share.toFixed(1)} % of ${pairs.length} tasks.${part}`,
  };
}

/** Tasks that both have. */
function pairTasks(
  own: readonly ReportPrediction[],
  other: readonly ReportPrediction[],
): readonly TaskPair[] {
  const others = taskLosses(other);
  return [...taskLosses(own)].flatMap(([episode, loss]) => {
    const beside = others.get(episode);
    return beside === undefined ? [] : [{ own: loss, other: beside }];
  });
}

/** Mean loss of the query rows of each episode. */
function taskLosses(rows: readonly ReportPrediction[]): ReadonlyMap<number, number> {
  const lossOf = isBinary(rows) ? logLoss : absoluteError;
  const sums = new Map<number, { loss: number; rows: number }>();
  for (const { episode, score, label } of rows) {
    const sum = sums.get(episode) ?? { loss: 0, rows: 0 };
    sums.set(episode, { loss: sum.loss + lossOf(score, label), rows: sum.rows + 1 });
  }
  return new Map([...sums].map(([episode, sum]) => [episode, sum.loss / sum.rows]));
}

function logLoss(score: number, label: number): number {
  return softplus(score) - label * score;
}

function absoluteError(score: number, label: number): number {
  return Math.abs(score - label);
}
