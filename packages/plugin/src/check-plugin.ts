import { isPlugin } from './brand.js';
import { findEntityProblem } from './check-entity.js';
import { findMemberProblem } from './check-members.js';
import { PLUGIN_API } from './contracts/index.js';
import type { EntityPlugin, Plugin } from './contracts/index.js';
import { describeValue } from './describe-value.js';
import { apiMismatch, inconsistentMember, invalidMember, notAPlugin } from './errors.js';
import type { PluginLabel } from './errors.js';

/** Kinds and names become parts of file names (`adapt.member.onnx`), options and table rows. */
const KIND_PATTERN = /^[a-z][a-z0-9-]*$/;
const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9@._-]{0,63}$/;

/**
 * Checks one plugin by itself: made by a `define*` helper, contract version, kind, name, members,
 * features.
 *
 * @throws LIMAML_ERR_PLUGIN_NOT_A_PLUGIN, LIMAML_ERR_PLUGIN_API_MISMATCH,
 *   LIMAML_ERR_PLUGIN_MEMBER_INVALID, LIMAML_ERR_PLUGIN_FEATURES_INCONSISTENT
 */
export function assertPlugin(value: unknown): asserts value is Plugin {
  if (!isPlugin(value)) throw notAPlugin(describeValue(value));
  const plugin: PluginShape = value;
  const label = { kind: String(plugin.kind), name: String(plugin.name) };
  if (plugin.api !== PLUGIN_API) throw apiMismatch(label, describeValue(plugin.api));
  assertLabel(plugin, label);
  assertMembers(value, label);
}

/** A plugin as it may come from untyped code. */
interface PluginShape {
  readonly kind: unknown;
  readonly name: unknown;
  readonly api: unknown;
}

function assertLabel(plugin: PluginShape, label: PluginLabel): void {
  assertText(label, 'kind', plugin.kind, KIND_PATTERN, 'lower-case letters, digits and -');
  assertText(label, 'name', plugin.name, NAME_PATTERN, 'letters, digits and @ . _ -, 64 at most');
}

function assertText(
  label: PluginLabel,
  member: string,
  value: unknown,
  pattern: RegExp,
  allowed: string,
) {
  if (typeof value === 'string' && pattern.test(value)) return;
  const fix = `Give the plugin a ${member} of these letters`;
  throw invalidMember(label, { member, got: describeValue(value), expected: allowed, fix });
}

function assertMembers(plugin: Plugin, label: PluginLabel): void {
  const problem = findMemberProblem({ ...plugin, kind: label.kind });
  if (problem) throw invalidMember(label, problem);
  const inconsistency = isEntity(plugin) ? findEntityProblem(plugin) : undefined;
  if (inconsistency) throw inconsistentMember(label, inconsistency);
}

function isEntity(plugin: Plugin): plugin is EntityPlugin {
  return plugin.kind === 'entity';
}
