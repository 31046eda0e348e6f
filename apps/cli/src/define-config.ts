import type { Plugin } from '@limaml/plugin';

/** Contents of `limaml.config.ts`. */
export interface LimamlConfig {
  /**
   * Plugins besides the built-in ones, in the order they are registered: plugins themselves, names of packages,
   * or paths of local files (`./course.ts`). A package or file exports by default a plugin, a list of plugins,
   * or a function without arguments that returns one of these. Names and paths start at the folder of the
   * configuration; nothing is loaded that it does not name.
   */
  readonly plugins: readonly (Plugin | string)[];
}

/**
 * Gives a configuration its type; returns it as it is.
 *
 * @example
 * ```ts
 * import { courseEntity } from 'limaml-course';
 * import { defineConfig } from 'limaml';
 *
 * export default defineConfig({ plugins: [courseEntity({ supportSize: 20 }), 'limaml-clicks', './report.ts'] });
 * ```
 */
export function defineConfig(config: LimamlConfig): LimamlConfig {
  return config;
}
