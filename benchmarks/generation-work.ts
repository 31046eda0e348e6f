import { createOrtExecutor } from '@limaml/backend-ort';
import { hostTableSpecs, initParams, maml, parameterSpecs } from '@limaml/core';
import {
  buildTasks,
  fitEncoders,
  marketplaceSpec,
  simulatorDataset,
  tableDataset,
  writeMarketplace,
} from '@limaml/data';
import { memberEntity } from '@limaml/entity-member';
import { limamlModel } from '@limaml/models';
import { collectCandidates, exportBundle, generateEmbeddings, openBundle } from '@limaml/serving';
import { lmdbStore } from '@limaml/store';
import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

/** What one generation took. */
export interface GenerationMeasurement {
  readonly interactions: number;
  /** From opening the log to the published version. */
  readonly seconds: number;
  /** Of these, until the first part could be read. */
  readonly sortSeconds: number;
  /** Time of all threads. */
  readonly processorSeconds: number;
  /** Peak memory of the process, in MiB. */
  readonly peakMiB: number;
}

/** Mean impressions per member. Every fifth member has none, one in eight more than a support set holds. */
const IMPRESSIONS = 20;

/** Does one step of the benchmark: `bundle FOLDER`, `simulate FOLDER ENTITIES` or `generate FOLDER`. */
export async function work([step, folder, entities]: readonly string[]): Promise<void> {
  const [bundle, data] = ['bundle', 'data'].map((name) => join(folder!, name)) as [string, string];
  if (step === 'bundle') await writeBundle(bundle);
  if (step === 'simulate') await simulate(data, Number(entities));
  if (step === 'generate')
    process.stdout.write(JSON.stringify(await generate(bundle, data, join(folder!, 'store'))));
}

/** A bundle like that of the quickstart, with one inner step. Its weights are random, which costs the same. */
async function writeBundle(folder: string): Promise<void> {
  const log = await simulatorDataset().load({ path: undefined });
  const tasks = buildTasks(log, memberEntity());
  const encoders = fitEncoders(log, memberEntity(), {
    tasks,
    trainRows: new Uint8Array(log.rows).fill(1),
    factors: { dim: 8, precision: 20 },
  });
  const options = { meta: 'history' } as const;
  const model = limamlModel().create(encoders.schema, options);
  const algorithm = maml({
    innerSteps: 1,
    innerLearningRate: { initial: 0.5, per: 'element' },
    supportShrinkage: 2,
    adapts: (path) => path.startsWith('meta/offset'),
  });
  const params = { ...parameterSpecs(model, algorithm), ...hostTableSpecs(model) };
  const run = {
    ...{ model, algorithm, plugin: { name: model.name, options }, schema: encoders.schema },
    encoders: JSON.parse(JSON.stringify(encoders)) as unknown,
    params: initParams(params, 1),
    support: { maxSize: memberEntity().support.maxSize },
  };
  await exportBundle(run, folder, { candidates: collectCandidates(log, 'member') });
}

async function simulate(folder: string, members: number): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await writeMarketplace(folder, { members, impressionsPerMember: IMPRESSIONS });
}

async function generate(
  bundleFolder: string,
  data: string,
  storeFolder: string,
): Promise<GenerationMeasurement> {
  await rm(storeFolder, { recursive: true, force: true });
  const runtime = await createOrtExecutor({ workers: availableParallelism() });
  const bundle = await openBundle(bundleFolder, { runtime });
  const store = await lmdbStore().open(storeFolder);
  const dataset = tableDataset(await marketplaceSpec(data));
  const [started, processor] = [performance.now(), process.cpuUsage()];
  const newest = bundle.manifest.support.maxSize;
  const parts = (await dataset.openParts!({ path: data }, { entity: 'member', newest }))!;
  const sorted = performance.now();
  await generateEmbeddings({ parts, entity: memberEntity(), bundle, store });
  const [ended, { user, system }] = [performance.now(), process.cpuUsage(processor)];
  await parts.close();
  await store.close();
  await runtime.dispose();
  return {
    interactions: parts.report.rowsKept,
    seconds: (ended - started) / 1000,
    sortSeconds: (sorted - started) / 1000,
    processorSeconds: (user + system) / 1e6,
    peakMiB: process.resourceUsage().maxRSS / 1024,
  };
}
