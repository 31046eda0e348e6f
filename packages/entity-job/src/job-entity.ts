import { defineEntity } from '@limaml/plugin';
import type { EntityPlugin } from '@limaml/plugin';

const MS_PER_DAY = 86_400_000;

/** Options of {@link jobEntity}. */
export interface JobEntityOptions {
  /** Newest interactions in a support set, at most. Default 40. */
  readonly supportSize?: number;
  /** Age limit of an interaction in the support set, in days before the cut. Default: none. */
  readonly windowDays?: number;
  /** The job's features. Default `'dataset'`: those the data set describes. */
  readonly features?: EntityPlugin['features'];
  /** Names of the features that go through the meta block. Default `'all'`. */
  readonly metaFeatures?: EntityPlugin['metaFeatures'];
  /** Feature values of an unknown job. Default: none, every feature is missing. */
  readonly defaults?: EntityPlugin['coldStart']['defaults'];
}

/** The entity plugin of jobs. */
export interface JobEntity extends EntityPlugin {
  readonly name: 'job';
}

declare module '@limaml/plugin' {
  interface EntityTypes {
    job: JobEntity;
  }
}

/**
 * Makes each job a task: its viewers, oldest first, and how each responded. Adapting to them learns which members
 * a job appeals to.
 *
 * Wrong options are refused when a registry takes the plugin, with a coded error that names the option.
 *
 * @example
 * ```ts
 * const registry = createRegistry().use(jobEntity({ supportSize: 80, windowDays: 90 }));
 * registry.get('entity', 'job').support.maxSize; // 80
 * ```
 *
 * @see Wang et al. 2024 (LiMAML), section 3: a task is a member, advertiser, company or job
 */
export function jobEntity(options: JobEntityOptions = {}): JobEntity {
  const {
    supportSize = 40,
    windowDays,
    features = 'dataset',
    metaFeatures = 'all',
    defaults = {},
  } = options;
  return defineEntity({
    name: 'job',
    taskId: (interaction) => interaction.entityId('job'),
    features,
    metaFeatures,
    support: {
      maxSize: supportSize,
      ...(windowDays === undefined ? {} : { window: windowDays * MS_PER_DAY }),
    },
    coldStart: { defaults },
  });
}
