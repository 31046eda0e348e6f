import { defineEntity } from '@limaml/plugin';
import type { EntityPlugin } from '@limaml/plugin';

const MS_PER_DAY = 86_400_000;

/** Options of {@link companyEntity}. */
export interface CompanyEntityOptions {
  /** Newest interactions in a support set, at most. Default 40. */
  readonly supportSize?: number;
  /** Age limit of an interaction in the support set, in days before the cut. Default: none. */
  readonly windowDays?: number;
  /** The company's features. Default `'dataset'`: those the data set describes. */
  readonly features?: EntityPlugin['features'];
  /** Names of the features that go through the meta block. Default `'all'`. */
  readonly metaFeatures?: EntityPlugin['metaFeatures'];
  /** Feature values of an unknown company. Default: none, every feature is missing. */
  readonly defaults?: EntityPlugin['coldStart']['defaults'];
}

/** The entity plugin of companies. */
export interface CompanyEntity extends EntityPlugin {
  readonly name: 'company';
}

declare module '@limaml/plugin' {
  interface EntityTypes {
    company: CompanyEntity;
  }
}

/**
 * Makes each company a task: the viewers of all its jobs, oldest first, and how each responded. A new job of a
 * known company is thus scored from what is known of the company.
 *
 * Wrong options are refused when a registry takes the plugin, with a coded error that names the option.
 *
 * @example
 * ```ts
 * const registry = createRegistry().use(companyEntity({ supportSize: 80, windowDays: 90 }));
 * registry.get('entity', 'company').support.maxSize; // 80
 * ```
 *
 * @see Wang et al. 2024 (LiMAML), section 3: a task is a member, advertiser, company or job
 */
export function companyEntity(options: CompanyEntityOptions = {}): CompanyEntity {
  const {
    supportSize = 40,
    windowDays,
    features = 'dataset',
    metaFeatures = 'all',
    defaults = {},
  } = options;
  return defineEntity({
    name: 'company',
    taskId: (interaction) => interaction.entityId('company'),
    features,
    metaFeatures,
    support: {
      maxSize: supportSize,
      ...(windowDays === undefined ? {} : { window: windowDays * MS_PER_DAY }),
    },
    coldStart: { defaults },
  });
}
