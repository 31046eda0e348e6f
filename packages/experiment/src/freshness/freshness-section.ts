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
  return [
    curves(models.flatMap((model) => rowsOf(model, metric))),
    gains(models.filter(readsSupport).flatMap((model) => gainRows(model, metric))),
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
  if (!readsSupport(model)) return [[model.name, 'any', ...cells(curves[0]!, metric)]];
  return curves.map((curve) => [model.name, curve.policy, ...cells(curve, metric)]);
}

function gainRows({ name, freshness }: FreshModel, metric: string): ReportCell[][] {
  return freshness.differences.map((each) => [name, each.policy, ...cells(each, metric)]);
}

function cells({ overall, points }: FreshnessCurve, metric: string): ReportCell[] {
  return [overall, ...points].map(({ metrics }) => metrics[metric] ?? null);
}

/** Whether refreshing changes anything at all. */
function readsSupport({ freshness }: FreshModel): boolean {
  return freshness.differences.some(({ overall }) =>
    Object.values(overall.metrics).some((value) => value !== null && value.mean !== 0),
  );
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
