import { defineDataset } from '@limaml/plugin';
import type { DatasetContext, DatasetPlugin, InteractionLog } from '@limaml/plugin';
import { numberColumn } from '../columns.js';
import { optionInvalid, pathMissing } from '../errors.js';
import type { MalformedLimits } from '../malformed.js';
import { withDuck } from '../table/duck.js';
import { entityTables } from './entities.js';
import { contextOf } from './context.js';
import { longDwellRows, sampledRows } from './labels.js';
import type { LabelledRows, SamplingOptions } from './labels.js';
import { readProfiles } from './profiles.js';
import { readViews } from './views.js';
import type { Views } from './views.js';

/** Options of {@link jobViewsDataset}. */
export interface JobViewsOptions extends MalformedLimits, Partial<SamplingOptions> {
  /** Name under which the dataset is registered. Default `'job-views'`. */
  readonly name?: string;
  /** Folder of the files, if the caller names none. */
  readonly path?: string;
  /**
   * What the label says. `'long-dwell'`, the default: 1 where a job was viewed for longer than the median of all
   * views; views without a duration are left out. `'sampled-negatives'`: 1 for each member's first view of a job,
   * 0 for `negatives` jobs drawn from the views around it.
   */
  readonly label?: 'long-dwell' | 'sampled-negatives';
}

/**
 * Views of jobs by members, with companies: the files `Job_Views.csv`, `Experience_nodesc.csv` and
 * `Positions_Of_Interest.csv` of a job-recommendation case study.
 *
 * Entities: `member` (positions of interest and number of positions held, as far as they were entered before
 * the member's first view), `job`, the candidate (words of the position, city, state, industry), `company`
 * (state and industry of its first view; −1 where a view names none). Context: hour of the day, and with
 * long dwell how often the member had viewed the job before. Outcome: `dwell`, in seconds. `NA` is missing.
 *
 * Drawn negatives follow the popularity of jobs, so that popularity alone says nothing, have the time of
 * the view, and are never jobs that the member viewed. Give `split.ties: 'exclude'` with them.
 *
 * @throws LIMAML_ERR_DATA_PATH_MISSING, LIMAML_ERR_DATA_FILE_MISSING, LIMAML_ERR_DATA_COLUMN_MISSING,
 *   LIMAML_ERR_DATA_UNREADABLE, LIMAML_ERR_DATA_MALFORMED, LIMAML_ERR_DATA_EMPTY when loaded;
 *   LIMAML_ERR_DATA_OPTION at once
 * @example
 * ```ts
 * const log = await jobViewsDataset({ label: 'sampled-negatives', negatives: 4 }).load({ path: 'data/job-views' });
 * ```
 */
export function jobViewsDataset(options: JobViewsOptions = {}): DatasetPlugin {
  const { name = 'job-views', label = 'long-dwell' } = options;
  const { negatives = 4, negativeDays = 7, seed = 1 } = options;
  assertOptions(label, { negatives, negativeDays, seed });
  return defineDataset({
    name,
    async load(context) {
      const folder = context.path ?? options.path;
      if (folder === undefined) throw pathMissing(name);
      const { views, profiles } = await readFiles(folder, options, context);
      const rows =
        label === 'long-dwell'
          ? longDwellRows(views)
          : sampledRows(views, { negatives, negativeDays, seed });
      return buildLog(name, views, rows, profiles);
    },
  });
}

function assertOptions(label: string, { negatives, negativeDays }: SamplingOptions): void {
  const labels = ['long-dwell', 'sampled-negatives'];
  if (!labels.includes(label)) throw optionInvalid('label', label, `one of: ${labels.join(', ')}`);
  if (!Number.isInteger(negatives) || negatives < 1)
    throw optionInvalid('negatives', negatives, 'a whole number from 1 on');
  if (!(negativeDays > 0)) throw optionInvalid('negativeDays', negativeDays, 'a number above 0');
}

type Profiles = Awaited<ReturnType<typeof readProfiles>>;

function readFiles(
  folder: string,
  limits: MalformedLimits,
  { signal, onProgress }: DatasetContext,
): Promise<{ views: Views; profiles: Profiles }> {
  return withDuck(async (connection) => {
    const reading = { connection, folder, limits: { ...limits, signal } };
    const views = await readViews(reading);
    onProgress?.(0.5);
    const profiles = await readProfiles(reading, views);
    onProgress?.(1);
    return { views, profiles };
  });
}

function buildLog(
  name: string,
  views: Views,
  labelled: LabelledRows,
  { member, malformed }: Profiles,
): InteractionLog {
  const { view, job, label, dropped } = labelled;
  const { job: jobs, company, companyOf } = entityTables(views);
  const rows = view.length;
  const { context, contextFeatures } = contextOf(views, labelled);
  const dwell = Array.from(view, (row, at) => (labelled.viewed[at] ? views.duration[row]! : NaN));
  return {
    name,
    rows,
    timestamp: Float64Array.from(view, (row) => views.timestamp[row]!),
    label,
    refs: {
      member: view.map((row) => views.member[row]!),
      job,
      company: job.map((at) => companyOf[at]!),
    },
    entities: { member, job: jobs, company },
    candidate: 'job',
    ...{ context, contextFeatures },
    outcomes: { rows, columns: { dwell: numberColumn(dwell) } },
    outcomeFeatures: [{ name: 'dwell', kind: 'dense', transform: 'log1p' }],
    report: {
      rowsRead: views.report.rowsRead,
      rowsKept: rows,
      malformed: [...views.report.malformed, ...malformed, ...dropped],
    },
  };
}
