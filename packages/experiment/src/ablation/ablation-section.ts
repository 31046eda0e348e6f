import { defineReportSection } from '@limaml/plugin';
import type {
  ReportBlock,
  ReportCell,
  ReportColumn,
  ReportDifference,
  ReportPlugin,
  ReportResults,
  TableBlock,
} from '@limaml/plugin';
import { z } from 'zod';
import { ablationSchema, type AblationRecord } from '../spec/schema.js';

type FactorRecord = AblationRecord['factors'][number];

const ablatedSpec = z.looseObject({ ablation: ablationSchema });

/**
 * What each level of an ablation is worth: one table for each factor, with the first metric of every level and the
 * differences of all metrics to the model as it is. They are paired by seed, and by task too where predictions were
 * kept; then there is a p-value for the first metric, adjusted for all comparisons. Nothing for results that are no
 * ablation.
 */
export function ablationSection(): ReportPlugin {
  return defineReportSection({ name: 'ablation', title: 'Ablation', render: ablationTables });
}

function ablationTables(results: ReportResults): readonly ReportBlock[] | undefined {
  const spec = ablatedSpec.safeParse(results.spec);
  if (!spec.success) return undefined;
  const { ablation } = spec.data;
  return ablation.factors.flatMap((factor) => [
    ...(factor.levels.length > 0 ? [factorTable(results, ablation.model, factor)] : []),
    ...factor.leftOut.map(({ level, reason }) => leftOutText(factor.factor, level, reason)),
  ]);
}

function leftOutText(factor: string, level: string, reason: string): ReportBlock {
  const what = level === 'all' ? factor : `${factor} ${level}`;
  return { kind: 'text', text: `${what} was left out: ${reason}` };
}

function factorTable(results: ReportResults, base: string, factor: FactorRecord): TableBlock {
  const metrics = Object.keys(results.models[0]?.metrics ?? {});
  const first = metrics[0] ?? '';
  const paired = metrics.map((name): ReportColumn => ({ name: `Δ ${name}`, signed: true }));
  return {
    kind: 'table',
    title: `${factor.factor}: Δ is the level minus ${base}, ${pairing(results)}`,
    columns: [{ name: factor.factor }, { name: first }, ...paired, { name: `p, ${first}` }],
    rows: factor.levels.map(({ level, model }) => {
      const difference = results.differences.find(({ against }) => against === model);
      return [
        model === base ? `${level} (${base})` : level,
        results.models.find(({ name }) => name === model)?.metrics[first] ?? null,
        ...metrics.map((metric) => differenceOf(difference, metric)),
        difference?.bootstrap?.[first]?.adjusted ?? null,
      ];
    }),
  };
}

function pairing({ models, differences }: ReportResults): string {
  const seeds = models[0]?.runs.length ?? 0;
  const counted = `${seeds} seed${seeds === 1 ? '' : 's'}`;
  if (!differences.some(({ bootstrap }) => bootstrap)) return `paired over ${counted}`;
  return `paired over ${counted} and all test tasks (95 % bootstrap; p adjusted for all models)`;
}

/** The level minus the base: results hold the base minus the level. */
function differenceOf(difference: ReportDifference | undefined, metric: string): ReportCell {
  const found = difference?.bootstrap?.[metric] ?? difference?.metrics[metric] ?? null;
  if (found === null) return null;
  const { mean, low, high } = found;
  return {
    mean: 0 - mean,
    low: high === null ? null : 0 - high,
    high: low === null ? null : 0 - low,
  };
}
