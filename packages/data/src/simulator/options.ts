import { optionInvalid, optionUnknown } from '../errors.js';

/** Size and character of a simulated marketplace. */
export interface SimulatorOptions {
  /** Default 1. */
  readonly seed?: number;
  /** Default 2000. */
  readonly members?: number;
  /** Default 600. */
  readonly jobs?: number;
  /** Default 80. */
  readonly companies?: number;
  /** Length of the log. Default 60. */
  readonly days?: number;
  /** Mean impressions per member over all days; the distribution has a heavy tail. Default 60. */
  readonly impressionsPerMember?: number;
  /** Share of impressions with a click. Default 0.25. */
  readonly clickRate?: number;
  /** λ: spread of the taste term in the click logit. 0 makes everyone alike. Default 1.8. */
  readonly tasteStrength?: number;
  /** Days after which a member's taste has kept a correlation of 1/e with what it was. Default 120. */
  readonly tasteDays?: number;
}

export type MarketplaceOptions = Required<SimulatorOptions>;

const DEFAULT_SIMULATOR_OPTIONS: MarketplaceOptions = {
  seed: 1,
  members: 2000,
  jobs: 600,
  companies: 80,
  days: 60,
  impressionsPerMember: 60,
  clickRate: 0.25,
  tasteStrength: 1.8,
  tasteDays: 120,
};

const COUNTS = ['members', 'jobs', 'companies', 'days'] as const;

/** Fills in defaults and checks. @throws LIMAML_ERR_DATA_OPTION */
export function resolveOptions(options: SimulatorOptions): MarketplaceOptions {
  for (const name of Object.keys(options)) {
    if (!(name in DEFAULT_SIMULATOR_OPTIONS)) {
      throw optionUnknown(name, Object.keys(DEFAULT_SIMULATOR_OPTIONS));
    }
  }
  const resolved = { ...DEFAULT_SIMULATOR_OPTIONS, ...options };
  for (const name of COUNTS) {
    if (!Number.isInteger(resolved[name]) || resolved[name] < 1) {
      throw optionInvalid(name, resolved[name], 'a whole number from 1 on');
    }
  }
  assertRange('seed', resolved.seed, -Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  assertRange('impressionsPerMember', resolved.impressionsPerMember, Number.MIN_VALUE, 1e6);
  assertRange('clickRate', resolved.clickRate, 0.001, 0.999);
  assertRange('tasteStrength', resolved.tasteStrength, 0, 20);
  assertRange('tasteDays', resolved.tasteDays, Number.MIN_VALUE, Infinity);
  return resolved;
}

function assertRange(name: string, value: number, low: number, high: number): void {
  if (!(value >= low && value <= high)) {
    throw optionInvalid(name, value, `a number from ${low} to ${high}`);
  }
}
