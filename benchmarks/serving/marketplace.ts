import { createOrtExecutor } from '@limaml/backend-ort';
import {
  hostTableSpecs,
  initParams,
  maml,
  parameterSpecs,
  type ParameterValues,
} from '@limaml/core';
import {
  buildTasks,
  createRandom,
  fitEncoders,
  shuffle,
  simulatorDataset,
  type FeatureRecord,
  type TaskIndex,
} from '@limaml/data';
import { memberEntity } from '@limaml/entity-member';
import { limamlModel } from '@limaml/models';
import type { InteractionLog, MetaEmbeddingStore } from '@limaml/plugin';
import {
  collectCandidates,
  createScorer,
  exportBundle,
  generateEmbeddings,
  openBundle,
  type Bundle,
  type BundleSource,
  type CandidateInput,
} from '@limaml/serving';

/** Members that are asked about, and candidates of each request. */
const REQUESTS = { members: 256, candidates: 100 };

/** How the candidates of a request are given: by ids, or with their features. */
export const FORMS = ['ids', 'features'] as const;

export type Form = (typeof FORMS)[number];

/** One request, in both forms, and what must come out. */
export interface ScoredRequest {
  readonly entity: string;
  readonly candidates: Readonly<Record<Form, readonly CandidateInput[]>>;
  readonly expected: Float32Array;
}

/** A simulated marketplace and a model of it. Its weights are random, which costs the same. */
export interface Marketplace {
  readonly log: InteractionLog;
  readonly tasks: TaskIndex;
  readonly run: BundleSource;
}

/** @param seed of the weights: another seed gives another bundle for the same marketplace */
export async function simulateMarketplace(seed = 1): Promise<Marketplace> {
  const log = await simulatorDataset().load({ path: undefined });
  const tasks = buildTasks(log, memberEntity());
  const encoders = fitEncoders(log, memberEntity(), {
    tasks,
    trainRows: new Uint8Array(log.rows).fill(1),
    factors: { dim: 8, precision: 20 },
  });
  const model = limamlModel().create(encoders.schema);
  const algorithm = maml({ innerSteps: 2, innerLearningRate: { initial: 0.5, per: 'element' } });
  const specs = { ...parameterSpecs(model, algorithm), ...hostTableSpecs(model) };
  const run = {
    ...{ model, algorithm, plugin: { name: model.name, options: {} }, schema: encoders.schema },
    encoders: JSON.parse(JSON.stringify(encoders)) as unknown,
    params: varied(initParams(specs, seed), seed),
    support: { maxSize: memberEntity().support.maxSize },
  };
  return { log, tasks, run };
}

/** Parameters that begin at zero, as the linear part, would hide a mistake of whoever computes the same. */
function varied(params: ParameterValues, seed: number): ParameterValues {
  const random = createRandom(seed);
  const entries = Object.entries(params).map(([name, { shape, data, ...rest }]) => {
    const changed = data.map((value) => value + 0.05 * (random.uniform() - 0.5));
    return [name, { ...rest, shape, data: changed }] as const;
  });
  return Object.fromEntries(entries);
}

export async function exportMarketplace({ log, run }: Marketplace, folder: string): Promise<void> {
  await exportBundle(run, folder, { candidates: collectCandidates(log, 'member') });
}

/** Fills stores with the embeddings of all members, and scores requests as everybody must. */
export async function scoreRequests(
  { log, tasks }: Marketplace,
  folder: string,
  stores: readonly MetaEmbeddingStore[],
): Promise<readonly ScoredRequest[]> {
  const runtime = await createOrtExecutor();
  const bundle = await openBundle(folder, { runtime });
  for (const store of stores) await generateEmbeddings({ bundle, log, tasks, store });
  const scored = await score(bundle, stores[0]!, drawRequests(log, tasks));
  await bundle.dispose();
  await runtime.dispose();
  return scored;
}

type Drawn = Omit<ScoredRequest, 'expected'>;

function drawRequests(log: InteractionLog, { taskIds }: TaskIndex): Drawn[] {
  const random = createRandom(7);
  const records = [...collectCandidates(log, 'member')];
  const members = shuffle([...taskIds], random).slice(0, REQUESTS.members);
  return members.map((entity) => {
    const chosen = shuffle([...records], random).slice(0, REQUESTS.candidates);
    const candidates = { ids: chosen.map(({ id }) => id), features: chosen.map(plainRecord) };
    return { entity, candidates };
  });
}

/** Numbers of a log are those of a float32; a client would send fewer digits. */
function plainRecord({ record }: { readonly record: FeatureRecord }): FeatureRecord {
  const entries = Object.entries(record).map(([name, value]) => {
    return [name, typeof value === 'number' ? Number(value.toPrecision(7)) : value] as const;
  });
  return Object.fromEntries(entries);
}

async function score(
  bundle: Bundle,
  store: MetaEmbeddingStore,
  requests: readonly Drawn[],
): Promise<ScoredRequest[]> {
  const scorer = await createScorer({ bundle, store });
  return Promise.all(
    requests.map(async (request) => {
      const candidates = request.candidates.ids;
      const { probabilities } = await scorer.score({ entity: request.entity, candidates });
      return { ...request, expected: probabilities };
    }),
  );
}

/** The body that asks for scores, the same for every server. */
export function bodyOf({ entity, candidates }: Drawn, form: Form): string {
  return JSON.stringify({ requests: [{ entity, candidates: candidates[form] }] });
}
