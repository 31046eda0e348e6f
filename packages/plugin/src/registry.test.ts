import { describe, expect, it } from 'vitest';
import {
  PLUGIN_BRAND,
  createRegistry,
  defineDataset,
  defineEntity,
  defineExecutor,
  defineMetric,
  defineModel,
  defineStore,
} from './index.js';
import type { Plugin } from './index.js';
import { COURSE, accuracy, courseEntity } from './plugins.test-support.js';

/** What an untyped author could pass. */
const untyped = (value: unknown) => value as Plugin;
const changed = (changes: object) => untyped({ ...courseEntity(), ...changes });

/** A store plugin that notes when it is disposed of. */
function noting(name: string, notes: string[], requires: { kind: 'store'; name: string }[] = []) {
  return defineStore({
    name,
    requires,
    open: () => Promise.reject(new Error('not opened here')),
    dispose: () => void notes.push(name),
  });
}

describe('use', () => {
  it('takes plugins of every kind, in a chain', () => {
    const refuse = () => Promise.reject(new Error('not run here'));
    const registry = createRegistry()
      .use(courseEntity())
      .use(accuracy())
      .use(defineDataset({ name: 'd', load: refuse }))
      .use(defineStore({ name: 's', open: refuse }))
      .use(defineExecutor({ name: 'x', create: refuse }))
      .use(
        defineModel({
          name: 'm',
          create: () => {
            throw new Error('not made here');
          },
        }),
      );
    expect(registry.list().map(({ kind }) => kind)).toEqual([
      'entity',
      'metric',
      'dataset',
      'store',
      'executor',
      'model',
    ]);
  });

  it.each([
    [undefined, 'undefined'],
    [courseEntity, 'the function courseEntity'],
    [{ ...COURSE, kind: 'entity', api: 1 }, 'an object with the members name'],
    ['course', 'the string "course"'],
    [[courseEntity()], 'a list of 1'],
  ])('refuses %s: not made by a define helper', (value, words) => {
    expect(() => createRegistry().use(untyped(value))).toThrow(
      new RegExp(`LIMAML_ERR_PLUGIN_NOT_A_PLUGIN: use\\(\\) got ${escape(words)}`),
    );
  });

  it('refuses another contract version before anything else', () => {
    expect(() => createRegistry().use(changed({ api: 2, name: 7, taskId: 1 }))).toThrow(
      /PLUGIN_API_MISMATCH.*version the number 2.*Expected: contract version 1/s,
    );
  });

  it.each([
    [{ kind: 'Entity' }, /MEMBER_INVALID: The plugin's kind/],
    [{ name: '../evil' }, /MEMBER_INVALID: The plugin's name is the string "..\/evil"/],
    [{ name: 'n'.repeat(65) }, /MEMBER_INVALID: The plugin's name/],
    [{ taskId: 'course' }, /taskId is the string "course".*Expected: a function/s],
    [{ features: 'datset' }, /features is the string "datset".*'dataset' or a list/s],
    [{ metaFeatures: undefined }, /metaFeatures is undefined/],
    [{ support: { maxSize: 0 } }, /support\.maxSize is the number 0.*positive whole number/s],
    [{ support: { maxSize: 2.5 } }, /support\.maxSize/],
    [{ support: undefined }, /support\.maxSize is undefined/],
    [{ support: { maxSize: 4, window: -1 } }, /support\.window is the number -1/],
    [{ coldStart: {} }, /coldStart\.defaults is undefined.*a record/s],
    [{ dispose: true }, /dispose is true.*a function/s],
  ])('refuses the member %j', (changes, message) => {
    expect(() => createRegistry().use(changed(changes))).toThrow(message);
  });

  it.each([
    [{ metaFeatures: ['levle'] }, /metaFeatures.*"levle".*level, hours.*mean "level"\?/s],
    [{ metaFeatures: ['zzzzzzz'] }, /Declare it in features/],
    [{ features: [{ name: 'a' }] }, /features.*kind undefined/s],
    [{ features: [{ name: 'a', kind: 'dens' }] }, /kind the string "dens".*mean "dense"\?/s],
    [{ features: [{ kind: 'dense' }] }, /a name that is undefined/],
    [{ features: [COURSE.features[0], COURSE.features[0]] }, /level twice/],
    [{ features: [{ name: 'a', kind: 'multi', maxLength: 0 }] }, /a with maxLength the number 0/],
    [{ coldStart: { defaults: { hour: 1 } } }, /coldStart\.defaults.*"hour".*mean "hours"\?/s],
    [{ coldStart: { defaults: { hours: 'x' } } }, /the string "x" for hours \(dense\)/],
    [{ coldStart: { defaults: { hours: NaN } } }, /the number NaN for hours/],
    [{ coldStart: { defaults: { level: 3 } } }, /Expected: a string/],
    [{ coldStart: { defaults: { topics: 'maths' } } }, /Expected: a list of strings/],
  ])('refuses features that contradict each other: %j', (changes, message) => {
    const use = () => createRegistry().use(changed(changes));
    expect(use).toThrow(/LIMAML_ERR_PLUGIN_FEATURES_INCONSISTENT/);
    expect(use).toThrow(message);
  });

  it('lets the data set decide about features', () => {
    const plugin = changed({ features: 'dataset', metaFeatures: ['whatever'] });
    expect(createRegistry().use(plugin).list()).toEqual([plugin]);
  });

  it.each([
    [{ better: 'bigger' }, /better is the string "bigger".*'higher' or 'lower'/s],
    [{ description: '' }, /description is the string ""/],
    [{ evaluate: undefined }, /evaluate is undefined/],
  ])('refuses the metric member %j', (changes, message) => {
    expect(() => createRegistry().use(untyped({ ...accuracy(), ...changes }))).toThrow(message);
  });

  it('refuses a second plugin of the same kind and name, not one of another kind', () => {
    const registry = createRegistry().use(courseEntity()).use(noting('course', []));
    expect(() => registry.use(courseEntity())).toThrow(/LIMAML_ERR_PLUGIN_DUPLICATE.*"course"/);
    expect(registry.list()).toHaveLength(2);
  });

  it('refuses a plugin before those it requires', () => {
    const needy = noting('needy', [], [{ kind: 'store', name: 'base' }]);
    expect(() => createRegistry().use(noting('bsae', [])).use(needy)).toThrow(
      /LIMAML_ERR_PLUGIN_REQUIREMENT_MISSING.*store "base".*registered: bsae/s,
    );
    const registry = createRegistry().use(noting('base', [])).use(needy);
    expect(registry.get('store', 'needy')).toBe(needy);
  });

  it('takes a plugin made by another copy of this package', () => {
    const foreign = untyped({
      ...COURSE,
      kind: 'entity',
      api: 1,
      [Symbol.for('limaml.plugin')]: true,
    });
    expect(PLUGIN_BRAND).toBe(Symbol.for('limaml.plugin'));
    expect(createRegistry().use(foreign).get('entity', 'course')).toBe(foreign);
  });
});

describe('get and list', () => {
  const registry = createRegistry().use(courseEntity()).use(accuracy()).use(noting('memory', []));

  it('names the near and the registered ones when there is none', () => {
    expect(() => registry.get('store', 'memry')).toThrow(
      /LIMAML_ERR_PLUGIN_UNKNOWN: There is no store "memry".*registered: memory.*mean "memory"\?/s,
    );
    expect(() => registry.get('dataset', 'ml-1m')).toThrow(/registered: none.*use\(\)/s);
  });

  it('lists all, or one kind', () => {
    expect(registry.list().map(({ name }) => name)).toEqual(['course', 'accuracy', 'memory']);
    expect(registry.list('metric').map(({ better }) => better)).toEqual(['higher']);
    expect(registry.has('metric', 'accuracy')).toBe(true);
    expect(registry.has('entity', 'accuracy')).toBe(false);
  });
});

describe('originOf', () => {
  it('says where a plugin comes from', () => {
    const [course, metric] = [courseEntity(), accuracy()];
    const origin = { from: 'package', package: 'limaml-course', version: '1.2.3' } as const;
    const registry = createRegistry().use(course, origin).use(metric);
    expect(registry.originOf(course)).toEqual(origin);
    expect(registry.originOf(metric)).toEqual({ from: 'code' });
    expect(registry.originOf(courseEntity())).toBeUndefined();
  });

  it("takes a registry's own where none is given", () => {
    const metric = accuracy();
    const registry = createRegistry({ origin: { from: 'built-in' } }).use(metric);
    expect(registry.originOf(metric)).toEqual({ from: 'built-in' });
  });
});

describe('dispose', () => {
  it('disposes of each plugin, the last first', async () => {
    const notes: string[] = [];
    const registry = createRegistry()
      .use(noting('a', notes))
      .use(courseEntity())
      .use(noting('b', notes));
    await registry.dispose();
    expect(notes).toEqual(['b', 'a']);
  });

  it('is refused a second time, while `await using` goes on', async () => {
    const notes: string[] = [];
    const registry = createRegistry().use(noting('a', notes));
    const [first, second] = await Promise.allSettled([registry.dispose(), registry.dispose()]);
    expect([first.status, second.status]).toEqual(['fulfilled', 'rejected']);
    await expect(registry.dispose()).rejects.toThrow(/LIMAML_ERR_PLUGIN_DISPOSED_TWICE/);
    await registry[Symbol.asyncDispose]();
    expect(notes).toEqual(['a']);
  });

  it('works with await using', async () => {
    const notes: string[] = [];
    {
      await using registry = createRegistry().use(noting('a', notes));
      expect(registry.has('store', 'a')).toBe(true);
    }
    expect(notes).toEqual(['a']);
  });

  it('goes on after a plugin that throws, and says which', async () => {
    const notes: string[] = [];
    const failing = changed({
      dispose: () => {
        throw new Error('busy');
      },
    });
    const registry = createRegistry().use(noting('a', notes)).use(failing);
    await expect(registry.dispose()).rejects.toThrow(/PLUGIN_DISPOSE_FAILED.*entity course/s);
    expect(notes).toEqual(['a']);
  });

  it('refuses use and get afterwards', async () => {
    const registry = createRegistry().use(courseEntity());
    await registry.dispose();
    expect(() => registry.use(accuracy())).toThrow(/LIMAML_ERR_PLUGIN_REGISTRY_DISPOSED/);
    expect(() => registry.get('entity', 'course')).toThrow(/LIMAML_ERR_PLUGIN_REGISTRY_DISPOSED/);
  });
});

describe('define helpers', () => {
  it('fill in kind and contract version, freeze, and keep literal types', () => {
    const plugin = defineEntity(COURSE);
    const name: 'course' = plugin.name;
    expect([name, plugin.kind, plugin.api]).toEqual(['course', 'entity', 1]);
    expect(Object.isFrozen(plugin)).toBe(true);
    expect(defineMetric({ ...accuracy(), name: 'other' }).kind).toBe('metric');
  });
});

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
