/**
 * Test data for everything that consumes graphs: executors, lowerings, passes.
 *
 * @packageDocumentation
 */
export { primitiveCases } from './primitive-cases.js';
export type { PrimitiveCase } from './primitive-cases.js';
export { randomProgram } from './random-program.js';
export type { RandomProgram, RandomProgramOptions } from './random-program.js';
