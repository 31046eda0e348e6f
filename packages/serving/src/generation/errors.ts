import { LimamlError } from '@limaml/errors';
import { reason } from '../errors.js';

export function generationAborted(done: number, total: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_GENERATION_ABORTED',
    what: `The generation was stopped after ${done} of ${total} entities`,
    fix: 'Run it again, with resume to go on from there; the embeddings that were served before still are',
  });
}

export function incrementalRefused(entity: string, problem: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_INCREMENTAL_REFUSED',
    what: `Vectors of the version before cannot be kept: ${problem}`,
    where: { entity },
    expected: 'a current version that this bundle made, with the moment its log ended',
    fix: 'Generate all entities once (leave out since); name a moment where the version has none',
  });
}

export function currentMoved(entity: string, version: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_CURRENT_MOVED',
    what: 'Another version became current while this one was generated',
    where: { entity, version },
    expected: 'no rollback and no other generation meanwhile',
    fix: 'Run the generation again',
  });
}

export function deadLettersUnwritable(file: string, cause: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_DEAD_LETTERS',
    what: `The dead letters cannot be written: ${reason(cause)}`,
    where: { file },
    expected: 'a file that this process may make and write to',
    fix: 'Name another file, or make room; the embeddings that were served before still are',
    cause,
  });
}

export function gateInvalid(bound: string, got: unknown, expected: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_GATE_INVALID',
    what: `The bound ${bound} of the publish gate is ${String(got)}`,
    where: { bound },
    expected,
    fix: `Correct ${bound}, or leave it out`,
  });
}

export function publishRefused(
  entity: string,
  broken: readonly { readonly figure: string; readonly got: number; readonly bound: string }[],
): LimamlError {
  const figures = broken.map(({ figure, got, bound }) => `${figure} ${got} is ${bound}`);
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_PUBLISH_REFUSED',
    what: `The new version is outside its bounds: ${figures.join('; ')}`,
    where: { entity, ...Object.fromEntries(broken.map(({ figure, got }) => [figure, got])) },
    expected: 'figures inside the bounds of the publish gate',
    fix: 'Look for missing data or a diverged model; widen the bounds if this is right. The version before is still served',
  });
}

export function nothingGenerated(entities: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_NOTHING_GENERATED',
    what: `None of ${entities} entities got a finite meta embedding; nothing was published`,
    expected: 'at least one finite embedding',
    fix: 'The bundle holds a diverged model: train again with smaller learning rates',
  });
}

export function adaptationFailed(entity: string, id: string, cause: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVING_ADAPTATION_FAILED',
    what: `The ${entity} "${id}" could not be adapted: ${reason(cause)}`,
    where: { entity: id },
    expected: 'a run of the adapt model without an error',
    fix: 'Look at its interactions; the entity keeps the prior embedding until the next generation',
    cause,
  });
}
