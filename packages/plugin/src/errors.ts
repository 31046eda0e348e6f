import { LimamlError, didYouMean } from '@limaml/errors';
import { PLUGIN_API } from './contracts/index.js';
import { describeValue } from './describe-value.js';

/** What is wrong with one member of a plugin. */
export interface MemberProblem {
  /** The member, e.g. `support.maxSize`. */
  readonly member: string;
  readonly got: string;
  readonly expected: string;
  readonly fix: string;
}

/** How messages name a plugin. */
export interface PluginLabel {
  readonly kind: string;
  readonly name: string;
}

export function notAPlugin(got: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_PLUGIN_NOT_A_PLUGIN',
    what: `use() got ${got}, which is no plugin`,
    expected: 'a plugin made by defineEntity, defineModel, defineDataset or another define helper',
    fix: 'If it is a plugin factory, call it: use(memberEntity()) rather than use(memberEntity)',
  });
}

export function apiMismatch(plugin: PluginLabel, got: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_PLUGIN_API_MISMATCH',
    what: `The plugin is written for contract version ${got}`,
    where: { ...plugin },
    expected: `contract version ${PLUGIN_API}`,
    fix: 'Install versions of the plugin and of @limaml/plugin that belong together',
  });
}

export function invalidMember(plugin: PluginLabel, problem: MemberProblem): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_PLUGIN_MEMBER_INVALID',
    what: `The plugin's ${problem.member} is ${problem.got}`,
    where: { ...plugin, member: problem.member },
    expected: problem.expected,
    fix: problem.fix,
  });
}

export function inconsistentMember(plugin: PluginLabel, problem: MemberProblem): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_PLUGIN_FEATURES_INCONSISTENT',
    what: `The plugin's ${problem.member} does not fit its features: it has ${problem.got}`,
    where: { ...plugin, member: problem.member },
    expected: problem.expected,
    fix: problem.fix,
  });
}

export function duplicateName(plugin: PluginLabel): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_PLUGIN_DUPLICATE',
    what: `The ${plugin.kind} ${JSON.stringify(plugin.name)} is registered already`,
    where: { ...plugin },
    expected: `a name that no other ${plugin.kind} has`,
    fix: 'Remove one of the two from the list of plugins, or give it another name',
  });
}

export function requirementMissing(
  plugin: PluginLabel,
  required: PluginLabel,
  registered: readonly string[],
): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_PLUGIN_REQUIREMENT_MISSING',
    what: `The plugin needs the ${required.kind} ${JSON.stringify(required.name)}, which is not registered`,
    where: { ...plugin },
    expected: `${required.kind} ${JSON.stringify(required.name)}; registered: ${listing(registered)}`,
    fix: `Call use() with the ${required.kind} ${JSON.stringify(required.name)} before this plugin`,
  });
}

export function unknownPlugin(wanted: PluginLabel, registered: readonly string[]): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_PLUGIN_UNKNOWN',
    what: `There is no ${wanted.kind} ${JSON.stringify(wanted.name)}`,
    where: { ...wanted },
    expected: `one that is registered: ${listing(registered)}`,
    fix: didYouMean(wanted.name, registered) || `Add it to the registry with use()`,
  });
}

export function hookFailed(plugin: PluginLabel, hook: string, cause: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_PLUGIN_HOOK_FAILED',
    what: `${hook}() of the ${plugin.kind} ${JSON.stringify(plugin.name)} failed: ${wordCause(cause)}`,
    where: { ...plugin, hook },
    expected: 'a hook that returns, or throws a LimamlError that says what to do',
    fix: 'See the cause of this error, and tell the author of the plugin',
    cause,
  });
}

export function disposedTwice(plugin: PluginLabel): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_PLUGIN_DISPOSED_TWICE',
    what: `The ${plugin.kind} ${JSON.stringify(plugin.name)} is disposed of already`,
    where: { ...plugin },
    expected: 'a plugin that one registry disposes of, once',
    fix: 'Make a plugin for each registry: use(memoryStore()) rather than one constant in two',
  });
}

export function registryDisposedTwice(): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_PLUGIN_DISPOSED_TWICE',
    what: 'The registry is disposed of already',
    expected: 'one call of dispose()',
    fix: 'Leave out one of the two calls; `await using` needs none',
  });
}

export function registryDisposed(): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_PLUGIN_REGISTRY_DISPOSED',
    what: 'The registry is disposed',
    expected: 'a registry in use',
    fix: 'Make a new one with createRegistry(), and dispose of it last',
  });
}

export function disposeFailed(
  failures: readonly { label: PluginLabel; error: unknown }[],
): LimamlError {
  const names = failures.map(({ label }) => `${label.kind} ${label.name}`);
  return new LimamlError({
    code: 'LIMAML_ERR_PLUGIN_DISPOSE_FAILED',
    what: `These plugins could not be disposed of: ${listing(names)}`,
    expected: 'a dispose that does not throw; the other plugins were disposed of',
    fix: 'See the causes of this error',
    cause: new AggregateError(failures.map(({ error }) => error)),
  });
}

function wordCause(cause: unknown): string {
  return cause instanceof Error ? cause.message || cause.name : describeValue(cause);
}

function listing(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}
