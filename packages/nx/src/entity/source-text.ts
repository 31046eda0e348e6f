import { camelCase, pascalCase } from './names.js';

/** `src/index.ts` of an entity package. */
export function sourceText(name: string): string {
  const names = { name, factory: `${camelCase(name)}Entity`, type: `${pascalCase(name)}Entity` };
  return `${typesText(names)}\n${factoryText(names)}`;
}

interface Names {
  readonly name: string;
  readonly factory: string;
  readonly type: string;
}

/** Options and type of the plugin. */
function typesText({ name, factory, type }: Names): string {
  return `import { defineEntity } from '@limaml/plugin';
import type { EntityPlugin } from '@limaml/plugin';

const MS_PER_DAY = 86_400_000;

/** Options of {@link ${factory}}. */
export interface ${type}Options {
  /** Newest interactions in a support set, at most. Default 40. */
  readonly supportSize?: number;
  /** Age limit of an interaction in the support set, in days before the cut. Default: none. */
  readonly windowDays?: number;
  /** The features of a ${name}. Default \`'dataset'\`: those the dataset describes. */
  readonly features?: EntityPlugin['features'];
  /** Names of the features that go through the meta block. Default \`'all'\`. */
  readonly metaFeatures?: EntityPlugin['metaFeatures'];
  /** Feature values of an unknown ${name}. Default: none, every feature is missing. */
  readonly defaults?: EntityPlugin['coldStart']['defaults'];
}

/** The entity plugin of type \`${name}\`. */
export interface ${type} extends EntityPlugin {
  readonly name: '${name}';
}

// Gives registry.get('entity', '${name}') its type.
declare module '@limaml/plugin' {
  interface EntityTypes {
    ${/^[a-z0-9]+$/.test(name) ? name : `'${name}'`}: ${type};
  }
}
`;
}

/** The function that makes the plugin. */
function factoryText({ name, factory, type }: Names): string {
  return `/** Makes each ${name} a task: the interactions in which it took part, oldest first. */
export function ${factory}(options: ${type}Options = {}): ${type} {
  const {
    supportSize = 40,
    windowDays,
    features = 'dataset',
    metaFeatures = 'all',
    defaults = {},
  } = options;
  return defineEntity({
    name: '${name}',
    // Undefined where no ${name} took part: the interaction belongs to no task then.
    taskId: (interaction) => interaction.entityId('${name}'),
    features,
    metaFeatures,
    support: {
      maxSize: supportSize,
      ...(windowDays === undefined ? {} : { window: windowDays * MS_PER_DAY }),
    },
    coldStart: { defaults },
  });
}

// What \`plugins: ['limaml-entity-${name}']\` in limaml.config.ts takes.
export default ${factory};
`;
}
