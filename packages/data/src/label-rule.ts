import { labelRuleInvalid } from './errors.js';

/** How a label is made of a column. */
export interface LabelRule {
  readonly column: string;
  /** Undefined where the label is a number. */
  readonly test?: { readonly operator: Comparison; readonly value: number };
  /** Subtracted from a number. */
  readonly minus?: number;
}

const COMPARISONS = {
  '>=': (value: number, bound: number) => value >= bound,
  '<=': (value: number, bound: number) => value <= bound,
  '==': (value: number, bound: number) => value === bound,
  '!=': (value: number, bound: number) => value !== bound,
  '>': (value: number, bound: number) => value > bound,
  '<': (value: number, bound: number) => value < bound,
} as const;

type Comparison = keyof typeof COMPARISONS;

const RULE =
  /^\s*(?<column>.*?)(?:\s*(?<operator>>=|<=|==|!=|>|<)\s*|\s+(?<minus>-)\s+)(?<value>[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)\s*$/i;

/**
 * Reads a rule: `rating >= 4` (operators >=, <=, >, <, ==, !=), a column's name alone, or a column less a
 * number, `rating - 3.5`, the minus between spaces: a network starts at 0, so labels should lie around it.
 *
 * @throws LIMAML_ERR_DATA_LABEL_RULE
 */
export function parseLabelRule(rule: string): LabelRule {
  const parts = RULE.exec(rule)?.groups;
  const column = (parts?.column ?? rule).trim();
  if (column === '' || /[<>=!]/.test(column)) throw labelRuleInvalid(rule);
  if (!parts) return { column };
  if (parts.minus) return { column, minus: Number(parts.value) };
  const operator = parts.operator as Comparison;
  return { column, test: { operator, value: Number(parts.value) } };
}

/** Label of a value: 1 or 0 by the rule's comparison, or the value less a number. NaN for NaN. */
export function applyLabelRule({ test, minus = 0 }: LabelRule, value: number): number {
  if (!test || Number.isNaN(value)) return value - minus;
  return COMPARISONS[test.operator](value, test.value) ? 1 : 0;
}
