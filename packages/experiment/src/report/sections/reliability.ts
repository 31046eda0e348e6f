import { defineReportSection } from '@limaml/plugin';
import type {
  LinePoint,
  LineSeries,
  ReportBlock,
  ReportContext,
  ReportModel,
  ReportPlugin,
  ReportPrediction,
  ReportResults,
} from '@limaml/plugin';
import { reliabilityCurve } from '../../metrics/reliability.js';
import { isBinary, mainPredictions } from './kept-predictions.js';
import { isRival } from './results-view.js';

const BINS = 10;
/** Panels of a chart. */
const MODELS = 9;
/** Two-sided 95 % quantile of the normal distribution. */
const Z = 1.959964;

/** Whether probabilities mean what they say: predicted against observed rates. */
export function reliabilitySection(): ReportPlugin {
  return defineReportSection({ name: 'reliability', title: 'Reliability', render: reliability });
}

async function reliability(
  { models }: ReportResults,
  context: ReportContext,
): Promise<readonly ReportBlock[] | undefined> {
  const series: LineSeries[] = [];
  for (const model of models.filter(isRival).slice(0, MODELS)) {
    series.push(...(await seriesOf(model, context)));
  }
  if (series.length === 0) return undefined;
  return [
    {
      ...{ kind: 'chart', form: 'line', series, diagonal: true, weight: 'query rows' },
      x: { title: 'predicted rate' },
      y: { title: 'observed rate' },
      title: 'Reliability: predicted and observed rate of positives',
      description: `Query rows of all seeds in ${BINS} bins of equal width of the predicted probability; the area of a dot says how many. Bars are 95 % Wilson intervals that take rows as independent. On the dashed line probabilities mean what they say; below it they are too high.`,
    },
  ];
}

async function seriesOf(
  model: ReportModel,
  context: ReportContext,
): Promise<readonly LineSeries[]> {
  const rows = (await mainPredictions(model, context)).flat();
  const points = isBinary(rows) ? binPoints(rows) : [];
  return points.length === 0 ? [] : [{ name: 'all seeds', panel: model.name, points }];
}

/** Every bin that has rows. */
function binPoints(rows: readonly ReportPrediction[]): readonly LinePoint[] {
  const predictions = {
    ...{ tasks: 1, offsets: Int32Array.of(0, rows.length), seed: 0 },
    score: Float32Array.from(rows, ({ score }) => score),
    label: Float32Array.from(rows, ({ label }) => label),
  };
  return reliabilityCurve(predictions, { bins: BINS }).flatMap(
    ({ count, meanPrediction, observedRate }) =>
      meanPrediction === null || observedRate === null
        ? []
        : [{ x: meanPrediction, y: observedRate, weight: count, ...wilson(observedRate, count) }],
  );
}

/** Wilson's interval of a rate: unlike the textbook one it stays within 0 and 1, also for few rows. */
function wilson(rate: number, rows: number): { readonly low: number; readonly high: number } {
  const shrink = 1 + Z ** 2 / rows;
  const centre = (rate + Z ** 2 / (2 * rows)) / shrink;
  const half = (Z / shrink) * Math.sqrt((rate * (1 - rate)) / rows + Z ** 2 / (4 * rows ** 2));
  // Rounding may put an end beyond the rate that it belongs to.
  return { low: Math.min(rate, centre - half), high: Math.max(rate, centre + half) };
}
