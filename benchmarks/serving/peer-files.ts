import { encodeTensors } from '@limaml/core';
import { loadEncoders, type EncodersState } from '@limaml/data';
import type { TensorData } from '@limaml/graph';
import type { MetaEmbeddingStore } from '@limaml/plugin';
import { collectCandidates, type BundleSource } from '@limaml/serving';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Marketplace } from './marketplace.ts';

type Field = EncodersState['context'][number];

/** Writes what the peer in Python needs to compute the same: see benchmarks/peers/score_server.py. */
export async function writePeerFiles(
  { log, run, tasks }: Marketplace,
  store: MetaEmbeddingStore,
  folder: string,
): Promise<void> {
  const write = (name: string, tensors: Readonly<Record<string, TensorData>>): Promise<void> =>
    writeFile(join(folder, `${name}.safetensors`), encodeTensors(tensors));
  const members = tasks.taskIds;
  const described = { ...describeFeatures(run), members, candidates: [] as string[] };
  const records = [...collectCandidates(log, 'member')];
  described.candidates = records.map(({ id }) => id);
  await writeFile(join(folder, 'features.json'), JSON.stringify(described));
  await write('weights', weightsOf(run));
  await write(
    'candidates',
    encodedColumns(
      run,
      records.map(({ record }) => record),
    ),
  );
  const dim = run.model.embeddingDim;
  const data = new Float32Array(members.length * dim);
  await store.get('member', members, data);
  await write('embeddings', {
    embeddings: { dtype: 'float32', shape: [members.length, dim], data },
  });
}

/** Features of x in the order of the schema: what the global block reads besides the candidate's factors. */
function describeFeatures({ schema, encoders, model }: BundleSource) {
  const state = loadEncoders(encoders).toJSON();
  const keys = new Map(
    keyedFields(state).map(({ key, field }) => [field.feature.name, { key, field }]),
  );
  const chosen = schema.features.filter(
    ({ name, owner, role }) =>
      owner === 'row' && name in model.inputs.rows && role !== 'candidate-factors',
  );
  const features = chosen.map(({ name, width }) => {
    const { key, field } = keys.get(name) ?? {};
    const scale = field?.kind === 'dense' ? { mean: field.mean, scale: field.scale } : {};
    const log = field?.kind === 'dense' && field.transform === 'log1p';
    const values = field?.kind === 'ids' ? field.values : null;
    return { name, key: key ?? null, width: Math.max(1, width), values, log, ...scale };
  });
  return { candidate: state.candidate, features };
}

/** Fields of a candidate under the names that its raw features have. */
function keyedFields(state: EncodersState): { readonly key: string; readonly field: Field }[] {
  return state.references.flatMap(({ type, id, fields }) => {
    const prefix = type === state.candidate ? '' : `${type}.`;
    const named = fields.map((field) => ({ key: `${prefix}${field.column}`, field }));
    return [{ key: type, field: id }, ...named];
  });
}

function weightsOf({ params }: BundleSource): Record<string, TensorData> {
  const isGlobal = ([name]: readonly [string, unknown]): boolean =>
    name.startsWith('global/') || name.startsWith('table/global.');
  return Object.fromEntries(Object.entries(params).filter(isGlobal));
}

/** Encoded features of all candidates, `[candidates, width]` each. */
function encodedColumns(
  { encoders, model }: BundleSource,
  records: readonly Parameters<ReturnType<typeof loadEncoders>['encodeRow']>[0][],
): Record<string, TensorData> {
  const loaded = loadEncoders(encoders);
  const rows = records.map((record) => loaded.encodeRow(record));
  const columns = Object.entries(model.inputs.rows).map(([name, { dtype }]) => {
    const width = rows[0]![name]!.length;
    const numbers = rows.flatMap((row) => [...row[name]!]);
    const shape = [rows.length, width];
    const tensor: TensorData =
      dtype === 'int32'
        ? { dtype: 'int32', shape, data: Int32Array.from(numbers) }
        : { dtype: 'float32', shape, data: Float32Array.from(numbers) };
    return [name, tensor] as const;
  });
  return Object.fromEntries(columns);
}
