import type { ReportContext, ReportModel, ReportPredictions } from '@limaml/plugin';

/** The main set of test tasks. */
const MAIN = 'test';

/** Predictions of the main test tasks of a model, one entry per seed that has them. */
export async function mainPredictions(
  { name, runs }: ReportModel,
  context: ReportContext,
): Promise<readonly ReportPredictions[]> {
  const all = await Promise.all(runs.map(({ seed }) => context.predictions(name, seed)));
  return all.filter((kept) => kept !== undefined).map(ofMainSet);
}

function ofMainSet({ set, task, support, label, score }: ReportPredictions): ReportPredictions {
  const rows = set.flatMap((name, row) => (name === MAIN ? [row] : []));
  const pick = <Value>(values: ArrayLike<Value>): Value[] => rows.map((row) => values[row]!);
  return {
    ...{ set: pick(set), task: pick(task) },
    ...{ support: pick(support), label: pick(label), score: pick(score) },
  };
}

/** Whether labels are 0 or 1, so that scores are logits. */
export function isBinary({ label }: ReportPredictions): boolean {
  return Array.from(label).every((value) => value === 0 || value === 1);
}
