import * as core from '@limaml/core';
import * as data from '@limaml/data';
import * as entityCompany from '@limaml/entity-company';
import * as entityJob from '@limaml/entity-job';
import * as entityMember from '@limaml/entity-member';
import * as errors from '@limaml/errors';
import { isLimamlError } from '@limaml/errors';
import * as experiment from '@limaml/experiment';
import * as graph from '@limaml/graph';
import * as models from '@limaml/models';
import * as plugin from '@limaml/plugin';
import * as store from '@limaml/store';
import { createJiti, type Jiti } from 'jiti';
import { existsSync } from 'node:fs';
import { defineConfig } from './define-config.js';
import { fileMissing, moduleUnloadable } from './errors.js';

/**
 * A spec or configuration gets the very packages this command runs with, wherever the file lies and
 * whether limaml runs from sources or from `dist`: one copy of each, nothing to install beside the file.
 */
const PACKAGES = {
  '@limaml/core': core,
  '@limaml/data': data,
  '@limaml/entity-company': entityCompany,
  '@limaml/entity-job': entityJob,
  '@limaml/entity-member': entityMember,
  '@limaml/errors': errors,
  '@limaml/experiment': experiment,
  '@limaml/graph': graph,
  '@limaml/models': models,
  '@limaml/plugin': plugin,
  '@limaml/store': store,
  limaml: { defineConfig },
};

/** Loads TypeScript and JavaScript modules by names that start at `from`. */
export function createLoader(from: string): Jiti {
  return createJiti(from, { virtualModules: PACKAGES, fsCache: false, moduleCache: false });
}

/**
 * Loads the default export of a TypeScript or JavaScript module named by the user.
 *
 * @param role what the file is, for messages: "experiment spec"
 * @throws a coded error when the file is missing or fails while loading
 */
export async function loadDefaultExport(role: string, file: string): Promise<unknown> {
  if (!existsSync(file)) throw fileMissing(role, file);
  try {
    return await createLoader(import.meta.url).import(file, { default: true });
  } catch (error) {
    throw isLimamlError(error) ? error : moduleUnloadable(role, file, error);
  }
}
