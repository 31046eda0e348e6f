import { defineEntity } from '@limaml/plugin';
import type { EntityPlugin } from '@limaml/plugin';

const MS_PER_DAY = 86_400_000;

/** Options of {@link memberEntity}. */
export interface MemberEntityOptions {
  /** Newest interactions in a support set, at most. Default 40. */
  readonly supportSize?: number;
  /** Age limit of an interaction in the support set, in days before the cut. Default: none. */
  readonly windowDays?: number;
  /** The member's features. Default `'dataset'`: those the data set describes. */
  readonly features?: EntityPlugin['features'];
  /** Names of the features that go through the meta block. Default `'all'`. */
  readonly metaFeatures?: EntityPlugin['metaFeatures'];
  /** Feature values of an unknown member. Default: none, every feature is missing. */
  readonly defaults?: EntityPlugin['coldStart']['defaults'];
}

/** The entity plugin of members. */
export interface MemberEntity extends EntityPlugin {
  readonly name: 'member';
}

declare module '@limaml/plugin' {
  interface EntityTypes {
    member: MemberEntity;
  }
}

/**
 * Makes each member a task: the interactions in which a member took part, oldest first.
 *
 * Wrong options are refused when a registry takes the plugin, with a coded error that names the option.
 *
 * @example
 * ```ts
 * const registry = createRegistry().use(memberEntity({ supportSize: 40, windowDays: 90 }));
 * registry.get('entity', 'member').support.maxSize; // 40
 * ```
 *
 * @see Wang et al. 2024 (LiMAML), section 3: a task is a member, advertiser, company or job
 */
export function memberEntity(options: MemberEntityOptions = {}): MemberEntity {
  const {
    supportSize = 40,
    windowDays,
    features = 'dataset',
    metaFeatures = 'all',
    defaults = {},
  } = options;
  return defineEntity({
    name: 'member',
    taskId: (interaction) => interaction.entityId('member'),
    features,
    metaFeatures,
    support: {
      maxSize: supportSize,
      ...(windowDays === undefined ? {} : { window: windowDays * MS_PER_DAY }),
    },
    coldStart: { defaults },
  });
}
