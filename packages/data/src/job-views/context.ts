import type { InteractionLog } from '@limaml/plugin';
import { categoryColumn, numberColumn } from '../columns.js';
import type { LabelledRows } from './labels.js';
import { rowsByTime } from './views.js';
import type { Views } from './views.js';

/**
 * The hour of the day (UTC) and, where all rows are views, how often the member had viewed the job before.
 * Beside drawn negatives, which nobody viewed, the latter would give the label away.
 */
export function contextOf(
  views: Views,
  { view, viewed }: LabelledRows,
): Pick<InteractionLog, 'context' | 'contextFeatures'> {
  const rows = view.length;
  const hours = Array.from(view, (row) => String(new Date(views.timestamp[row]!).getUTCHours()));
  const hour = { hour: categoryColumn(hours) };
  const contextFeatures = [{ name: 'hour', kind: 'categorical' }] as const;
  if (viewed.includes(0)) return { context: { rows, columns: hour }, contextFeatures };
  const earlier = earlierViews(views);
  const columns = {
    ...hour,
    earlier_views: numberColumn(Array.from(view, (row) => earlier[row]!)),
  };
  const counted = { name: 'earlier_views', kind: 'dense', transform: 'log1p' } as const;
  return { context: { rows, columns }, contextFeatures: [...contextFeatures, counted] };
}

/** Per view, the views of the same job by the same member before it. */
function earlierViews(views: Views): Int32Array {
  const counts = new Map<string, number>();
  const earlier = new Int32Array(views.job.length);
  for (const row of rowsByTime(views)) {
    const key = `${views.member[row]!}/${views.job[row]!}`;
    earlier[row] = counts.get(key) ?? 0;
    counts.set(key, earlier[row] + 1);
  }
  return earlier;
}
