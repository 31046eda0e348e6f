export { entityGenerator } from './entity/generator.js';
export type {
  EntityGeneratorOptions,
  GeneratedPackage,
  GeneratorTree,
} from './entity/generator.js';
