import { describeValue } from './describe-value.js';
import type { MemberProblem } from './errors.js';

type Members = Readonly<Record<string, unknown>>;
type AnyPlugin = Members & { readonly kind: string; readonly dispose?: unknown };
type MemberCheck = (plugin: Members) => MemberProblem | undefined;

/** What every plugin of a kind must have. A kind added by declaration merging has no entry: its owner checks it. */
const CHECKS: Readonly<Record<string, readonly MemberCheck[]>> = {
  entity: [
    isFunction('taskId', '(interaction) => interaction.entityId("member")'),
    isOneOrList('features', 'dataset'),
    isOneOrList('metaFeatures', 'all'),
    isPositive('support', 'maxSize', true),
    isPositive('support', 'window', false),
    isRecord('coldStart', 'defaults'),
    isComposition,
  ],
  dataset: [isFunction('load', 'async ({ path }) => log')],
  model: [isFunction('create', '(schema, options) => model')],
  store: [isFunction('open', 'async (location) => store')],
  metric: [
    isFunction('evaluate', '(predictions) => number'),
    isOneOf('better', ['higher', 'lower']),
    isText('description'),
  ],
  executor: [isFunction('create', 'async () => executor')],
  report: [isText('title'), isFunction('render', '(results) => [{ kind: "text", text }]')],
  algorithm: [isFunction('create', '(options) => maml(options)')],
};

/** Finds the first member that a plugin of its kind should have and has not, or has with a wrong type. */
export function findMemberProblem(plugin: AnyPlugin): MemberProblem | undefined {
  const optionalDispose = plugin.dispose === undefined ? [] : [isFunction('dispose', '() => {}')];
  return firstProblem(plugin, [...optionalDispose, ...(CHECKS[plugin.kind] ?? [])]);
}

function firstProblem(plugin: Members, checks: readonly MemberCheck[]): MemberProblem | undefined {
  for (const check of checks) {
    const problem = check(plugin);
    if (problem) return problem;
  }
  return undefined;
}

function isFunction(member: string, example: string): MemberCheck {
  return (plugin) =>
    typeof plugin[member] === 'function'
      ? undefined
      : wrong(member, plugin[member], 'a function', `Write ${member}: ${example}`);
}

function isOneOf(member: string, choices: readonly string[]): MemberCheck {
  const words = choices.map((choice) => `'${choice}'`).join(' or ');
  return (plugin) =>
    choices.includes(plugin[member] as string)
      ? undefined
      : wrong(member, plugin[member], words, `Write ${member}: ${words}`);
}

function isText(member: string): MemberCheck {
  return (plugin) =>
    typeof plugin[member] === 'string' && plugin[member] !== ''
      ? undefined
      : wrong(
          member,
          plugin[member],
          'a line of text',
          `Write ${member}: '…', it is printed in reports`,
        );
}

function isOneOrList(member: string, word: string): MemberCheck {
  return (plugin) =>
    plugin[member] === word || Array.isArray(plugin[member])
      ? undefined
      : wrong(
          member,
          plugin[member],
          `'${word}' or a list`,
          `Write ${member}: '${word}' or a list`,
        );
}

function isPositive(member: string, field: string, required: boolean): MemberCheck {
  const expected = `a positive ${required ? 'whole number' : 'number of milliseconds, or left out'}`;
  const valid = (value: unknown) =>
    typeof value === 'number' &&
    value > 0 &&
    (required ? Number.isInteger(value) : !Number.isNaN(value));
  return (plugin) => {
    const value = fieldOf(plugin[member], field);
    if (valid(value) || (!required && value === undefined)) return undefined;
    return wrong(
      `${member}.${field}`,
      value,
      expected,
      `Write ${member}: { ${field}: ${required ? 40 : '30 * 86_400_000'} }`,
    );
  };
}

function isRecord(member: string, field: string): MemberCheck {
  return (plugin) => {
    const value = fieldOf(plugin[member], field);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return undefined;
    return wrong(`${member}.${field}`, value, 'a record', `Write ${member}: { ${field}: {} }`);
  };
}

/** Of a composite entity: at least two parts. Others have none. */
function isComposition({ of }: Members): MemberProblem | undefined {
  if (of === undefined || (Array.isArray(of) && of.length > 1)) return undefined;
  return wrong(
    'of',
    of,
    'at least two parts',
    "Write of: [memberEntity(), attribute('job', 'field')]",
  );
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Members)[field] : undefined;
}

function wrong(member: string, value: unknown, expected: string, fix: string): MemberProblem {
  return { member, got: describeValue(value), expected, fix };
}
