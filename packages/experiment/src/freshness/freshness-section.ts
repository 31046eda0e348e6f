import { defineReportSection } from '@limaml/plugin';
import type {
  ReportBlock,
  ReportCell,
  ReportColumn,
  ReportModel,
  ReportPlugin,
  ReportResults,
  TableBlock,
} from '@limaml/plugin';
import type { FreshnessCurve, FreshnessPoint, FreshnessResults } from './freshness-results.js';

/** Policies that differ by less differ by rounding alone. */
export const FLAT = 1e-5;

type FreshModel = ReportModel & { readonly freshness: FreshnessResults };

/** What fresh embeddings are worth: the first metric by distance from the cut, under every policy. */
export function freshnessSection(): ReportPlugin {
  return defineReportSection({
    name: 'freshness',
    title: 'Freshness of embeddings',
    render: freshnessTables,
  });
}

function freshnessTables(results: ReportResults): readonly ReportBlock[] | undefined {
  const models = results.models.filter(hasFreshness);
  const metric = Object.keys(results.models[0]?.metrics ?? {})[0];
  const [first] = models;
  if (first === undefined || metric === undefined) return undefined;
  const { unit } = first.freshness;
  const points = first.freshness.curves[0]!.points;
  const columns = columnsOf(points, unit);
  const curves = table(`${metric} by ${unit} since the embedding was made (rows)`, columns);
  const gains = table(`${metric}: gain on embeddings that are not refreshed`, columns, true);
  const readers = models.filter((model) => readsSupport(model, metric));
  return [
    curves(models.flatMap((model) => rowsOf(model, metric))),
    gains(readers.flatMap((model) => gainRows(model, metric))),
    ...gainChart(readers, metric, unit),
    costTable(first),
  ];
}

/** `results.json` of other experiments has none. */
function hasFreshness(model: ReportModel): model is FreshModel {
  return 'freshness' in model;
}

function table(title: string, columns: readonly ReportColumn[], signed = false) {
  const [name, policy, ...numbers] = columns;
  const formats = numbers.map((column) => ({ ...column, signed }));
  return (rows: TableBlock['rows']): TableBlock => ({
    kind: 'table',
    title,
    columns: [name!, policy!, ...formats],
    rows,
  });
}

function columnsOf(points: readonly FreshnessPoint[], unit: string): readonly ReportColumn[] {
  const names = points.map(({ distance, below, rows }) => {
    const range = below === null ? `≥${distance}` : `${distance}–${below}`;
    return { name: `${range} (${rows})` };
  });
  return [{ name: 'model' }, { name: `refresh`, align: 'left' }, { name: `all ${unit}` }, ...names];
}

/** One row for each policy, or one for all where the support set makes no difference. */
function rowsOf(model: FreshModel, metric: string): ReportCell[][] {
  const { curves } = model.freshness;
  if (!readsSupport(model, metric)) return [[model.name, 'any', ...cells(curves[0]!, metric)]];
  return curves.map((curve) => [model.name, curve.policy, ...cells(curve, metric)]);
}

function gainRows({ name, freshness }: FreshModel, metric: string): ReportCell[][] {
  return freshness.differences.map((each) => [name, each.policy, ...cells(each, metric)]);
}

/** What refreshing is worth by distance; a bin is drawn where it begins. */
function gainChart(models: readonly FreshModel[], metric: string, unit: string): ReportBlock[] {
  const series = models.flatMap(({ name, freshness }) =>
    freshness.differences.map(({ policy, points }) => ({
      ...{ name: policy, panel: name },
      points: points.flatMap(({ distance, metrics }) => {
        const gain = metrics[metric];
        return gain ? [{ x: distance, y: gain.mean }] : [];
      }),
    })),
  );
  if (!series.some(({ points }) => points.length > 0)) return [];
  return [
    {
      ...{ kind: 'chart', form: 'line', series },
      x: { title: `${unit} since the embedding was made, at least` },
      y: { title: `gain in ${metric}` },
      title: `What refreshing embeddings is worth, in ${metric}`,
      description:
        'Gain on embeddings that are not refreshed, on the same rows, by how long ago those were made.',
    },
  ];
}

function cells({ overall, points }: FreshnessCurve, metric: string): ReportCell[] {
  return [overall, ...points].map(({ metrics }) => metrics[metric] ?? null);
}

/** Whether refreshing changes anything but roundings. */
function readsSupport({ freshness }: FreshModel, metric: string): boolean {
  return freshness.differences.some(({ overall }) => {
    const gain = overall.metrics[metric];
    return gain ? Math.abs(gain.mean) > FLAT : false;
  });
}

function costTable({ freshness }: FreshModel): TableBlock {
  return {
    kind: 'table',
    title: 'Embeddings made to score these rows, per seed',
    columns: [
      ...[{ name: 'refresh' }, { name: 'embeddings', digits: 0 }, { name: 'rows', digits: 0 }],
      { name: 'rows with one', digits: 1, unit: ' %' },
    ],
    rows: freshness.curves.map(({ policy, overall: { adaptations, rows, coverage } }) => [
      ...[policy, adaptations, rows, 100 * coverage],
    ]),
  };
}
