import { LimamlError, isLimamlError } from '@limaml/errors';
import { describe, expect, it } from 'vitest';
import {
  createRegistry,
  defineDataset,
  defineEntity,
  defineExecutor,
  defineMetric,
  defineModel,
  defineReportSection,
  defineStore,
} from './index.js';
import type { Plugin, Registry } from './index.js';
import { SAMPLE_RESULTS } from './testing/index.js';
import { COURSE, accuracy, courseEntity } from './plugins.test-support.js';

/** Takes what any hook takes. */
const fail = (...args: readonly unknown[]): never => {
  throw new TypeError('broken', { cause: args });
};
const reject = (...args: readonly unknown[]): Promise<never> =>
  Promise.reject(new TypeError('broken', { cause: args }));
const changed = (changes: object): Plugin => ({ ...courseEntity(), ...changes });
const using = (...plugins: Plugin[]): Registry =>
  plugins.reduce((registry, plugin) => registry.use(plugin), createRegistry());
const disposable = (dispose: () => void = () => undefined) =>
  defineStore({ name: 'disk', open: reject, dispose });

async function errorOf(run: () => unknown): Promise<LimamlError> {
  const error: unknown = await Promise.resolve()
    .then(run)
    .catch((reason: unknown) => reason);
  if (!isLimamlError(error)) throw new Error('no coded error', { cause: error });
  return error;
}

/** Everything that can be wrong with a plugin, and the code that says so. */
const WRONG: readonly (readonly [name: string, code: string, run: () => unknown])[] = [
  ['no plugin', 'NOT_A_PLUGIN', () => using(COURSE as never)],
  ['a wrong contract version', 'API_MISMATCH', () => using(changed({ api: 2 }))],
  ['a wrong member', 'MEMBER_INVALID', () => using(changed({ support: { maxSize: 0 } }))],
  ['a report without a title', 'MEMBER_INVALID', () => using(untitled())],
  [
    'features that do not fit',
    'FEATURES_INCONSISTENT',
    () => using(changed({ metaFeatures: ['a'] })),
  ],
  ['a duplicate name', 'DUPLICATE', () => using(courseEntity(), courseEntity())],
  ['a missing requirement', 'REQUIREMENT_MISSING', () => using(needy())],
  ['a plugin that is not there', 'UNKNOWN', () => using().get('store', 'disk')],
  [
    'use after dispose',
    'REGISTRY_DISPOSED',
    () => disposed((registry) => registry.use(accuracy())),
  ],
  [
    'get after dispose',
    'REGISTRY_DISPOSED',
    () => disposed((registry) => registry.get('store', 'x')),
  ],
  ['disposing twice', 'DISPOSED_TWICE', () => disposed((registry) => registry.dispose())],
  ['a dispose that throws', 'DISPOSE_FAILED', () => using(disposable(fail)).dispose()],
  ['a plugin of two registries', 'DISPOSE_FAILED', disposeOfShared],
  ['a taskId that throws', 'HOOK_FAILED', () => callTaskId()],
  [
    'a load that throws',
    'HOOK_FAILED',
    () => defineDataset({ name: 'd', load: fail }).load({ path: '' }),
  ],
  [
    'a load that rejects',
    'HOOK_FAILED',
    () => defineDataset({ name: 'd', load: reject }).load({ path: '' }),
  ],
  ['openParts that rejects', 'HOOK_FAILED', () => openParts()],
  [
    'a create that throws',
    'HOOK_FAILED',
    () => defineModel({ name: 'm', create: fail }).create(schema),
  ],
  [
    'a create that rejects',
    'HOOK_FAILED',
    () => defineExecutor({ name: 'x', create: reject }).create(),
  ],
  ['an open that rejects', 'HOOK_FAILED', () => disposable().open('here')],
  ['an evaluate that throws', 'HOOK_FAILED', () => evaluate()],
  ['a render that throws', 'HOOK_FAILED', () => renderNothing()],
];

const schema = { entity: 'course', metaFeatures: [], features: [] };

describe('a wrong plugin', () => {
  it.each(WRONG)('%s: LIMAML_ERR_PLUGIN_%s', async (_, code, run) => {
    const error = await errorOf(run);
    expect(error.code).toBe(`LIMAML_ERR_PLUGIN_${code}`);
    expect(error.expected).toBeTruthy();
    expect(error.fix).toBeTruthy();
  });
});

describe('a hook that throws', () => {
  it('is named with its plugin, and the cause is kept', async () => {
    const error = await errorOf(callTaskId);
    expect(error.message).toMatch(/taskId\(\) of the entity "course" failed: broken/);
    expect(error.where).toEqual({ kind: 'entity', name: 'course', hook: 'taskId' });
    expect(error.cause).toBeInstanceOf(TypeError);
  });

  it('keeps a code of its own', async () => {
    const own = new LimamlError({ code: 'LIMAML_ERR_PLUGIN_TEST_OWN', what: 'No disk' });
    const store = defineStore({
      name: 'disk',
      open: (location) => (location ? Promise.reject(own) : reject()),
    });
    expect(await errorOf(() => store.open('here'))).toBe(own);
  });

  it('gives the reason of its signal where it was told to stop', async () => {
    const reason = new Error('enough');
    const dataset = defineDataset({
      name: 'd',
      load: ({ signal }) => Promise.reject(signal!.reason as Error),
    });
    const loading = dataset.load({ path: undefined, signal: AbortSignal.abort(reason) });
    await expect(loading).rejects.toBe(reason);
  });

  it('has its own `this` and arguments otherwise', () => {
    const metric = defineMetric({
      ...accuracy(),
      name: 'doubled',
      factor: 2,
      evaluate(this: { factor: number }, { tasks }: { tasks: number }) {
        return this.factor * tasks;
      },
    } as never) as unknown as { evaluate: (predictions: { tasks: number }) => number };
    expect(metric.evaluate({ tasks: 3 })).toBe(6);
  });
});

function untitled(): Plugin {
  const section = defineReportSection({ name: 'r', title: 'R', render: () => [] });
  return { ...section, title: '' };
}

function needy(): Plugin {
  const requires = [{ kind: 'store', name: 'disk' }] as const;
  return defineEntity({ ...COURSE, requires });
}

async function disposed(after: (registry: Registry) => unknown): Promise<unknown> {
  const registry = using(courseEntity());
  await registry.dispose();
  return after(registry);
}

async function disposeOfShared(): Promise<void> {
  const shared = disposable();
  const [first, second] = [using(shared), using(shared)];
  await first.dispose();
  const error = await errorOf(() => second.dispose());
  const [cause] = (error.cause as AggregateError).errors as LimamlError[];
  expect(cause?.code).toBe('LIMAML_ERR_PLUGIN_DISPOSED_TWICE');
  throw error;
}

function callTaskId() {
  return defineEntity({ ...COURSE, taskId: fail }).taskId({ entityId: () => 'c', timestamp: 0 });
}

function openParts() {
  const dataset = defineDataset({ name: 'd', load: reject, openParts: reject });
  return dataset.openParts({ path: undefined }, { entity: 'course' });
}

function evaluate() {
  const none = { tasks: 0, offsets: Int32Array.of(0), seed: 1 };
  const metric = defineMetric({ ...accuracy(), evaluate: fail });
  return metric.evaluate({ ...none, score: new Float32Array(), label: new Float32Array() });
}

function renderNothing() {
  return defineReportSection({ name: 'r', title: 'R', render: fail }).render(SAMPLE_RESULTS);
}
