import { defineReportSection } from '@limaml/plugin';
import type {
  ReportBlock,
  ReportCell,
  ReportColumn,
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
 * differences of all metrics to the model as it is, paired by seed. Nothing for results that are no ablation.
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
  const seeds = results.models[0]?.runs.length ?? 0;
  const paired = metrics.map((name): ReportColumn => ({ name: `Δ ${name}`, signed: true }));
  return {
    kind: 'table',
    title: `${factor.factor}: Δ is the level minus ${base}, paired over ${seeds} seed${seeds === 1 ? '' : 's'}`,
    columns: [{ name: factor.factor }, { name: metrics[0] ?? '' }, ...paired],
    rows: factor.levels.map(({ level, model }) => [
      model === base ? `${level} (${base})` : level,
      valueOf(results, model, metrics[0] ?? ''),
      ...metrics.map((metric) => differenceOf(results, model, metric)),
    ]),
  };
}

function valueOf({ models }: ReportResults, model: string, metric: string): ReportCell {
  return models.find(({ name }) => name === model)?.metrics[metric] ?? null;
}

/** The level minus the base: results hold the base minus the level. */
function differenceOf({ differences }: ReportResults, model: string, metric: string): ReportCell {
  const found = differences.find(({ against }) => against === model)?.metrics[metric] ?? null;
  if (found === null) return null;
  const { mean, low, high } = found;
  return { mean: -mean, low: high === null ? null : -high, high: low === null ? null : -low };
}
