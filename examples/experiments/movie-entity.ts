import { defineEntity } from '@limaml/plugin';
import type { EntityPlugin } from '@limaml/plugin';

/** The entity plugin of movies. */
export interface MovieEntity extends EntityPlugin {
  readonly name: 'movie';
}

declare module '@limaml/plugin' {
  interface EntityTypes {
    movie: MovieEntity;
  }
}

/** Options of {@link movieEntity}. */
export interface MovieEntityOptions {
  /** Newest ratings in a support set, at most. Default 40. */
  readonly supportSize?: number;
  /** Features that go through the meta block. Default: all that the data set describes. */
  readonly metaFeatures?: EntityPlugin['metaFeatures'];
}

/**
 * Makes each movie a task: what members thought of it, oldest first. Its genres, year, period and, where the
 * data set tells it, director go through the meta block; the features of a member are the candidate's. The
 * data set must be one whose candidates are members: `movieLensDataset({ candidate: 'member' })`.
 */
export function movieEntity(options: MovieEntityOptions = {}): MovieEntity {
  const { supportSize = 40, metaFeatures = 'all' } = options;
  return defineEntity({
    name: 'movie',
    taskId: (interaction) => interaction.entityId('movie'),
    features: 'dataset',
    metaFeatures,
    support: { maxSize: supportSize },
    coldStart: { defaults: {} },
  });
}
