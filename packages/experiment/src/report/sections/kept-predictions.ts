import type { ReportContext, ReportModel, ReportPrediction } from '@limaml/plugin';

/** The main set of test tasks. */
const MAIN = 'test';

/** Predictions of the main test tasks of a model, one list for each seed that has them. */
export async function mainPredictions(
  { name, runs }: ReportModel,
  context: ReportContext,
): Promise<readonly (readonly ReportPrediction[])[]> {
  const seeds: (readonly ReportPrediction[])[] = [];
  for (const { seed } of runs) {
    const kept = await context.predictions(name, seed);
    if (kept !== undefined) seeds.push(kept.filter(({ set }) => set === MAIN));
  }
  return seeds;
}

/** Whether labels are 0 or 1, so that scores are logits. */
export function isBinary(rows: readonly ReportPrediction[]): boolean {
  return rows.every(({ label }) => label === 0 || label === 1);
}
