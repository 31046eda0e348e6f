import { createRandom } from '../random.js';
import type { Random } from '../random.js';
import { FUNCTIONS, INDUSTRIES, LEVELS, LOCATIONS, SIZES, SKILLS } from './names.js';
import type { MarketplaceOptions } from './options.js';

/** d: dimensions of taste. */
export const TASTE_DIM = 4;

/** Days that a job is shown. */
export const JOB_DAYS = 45;

/** Members, column by column. Vectors are row-major `[members, d]`. */
interface Members {
  readonly count: number;
  readonly field: Uint8Array;
  readonly level: Uint8Array;
  readonly location: Uint8Array;
  readonly skills: Uint32Array;
  /** Years of experience. */
  readonly experience: Float32Array;
  /** Hidden: click propensity v. */
  readonly propensity: Float32Array;
  /** Hidden: how much a job nearby counts, κ. */
  readonly localness: Float32Array;
  /** Hidden: mean sessions per day. */
  readonly activity: Float64Array;
}

/** Companies, column by column. */
interface Companies {
  readonly count: number;
  readonly industry: Uint8Array;
  readonly size: Uint8Array;
  /** Hidden: vector c of what it is like to work there, `[companies, d]`. */
  readonly character: Float32Array;
  /** Hidden: general attraction. */
  readonly brand: Float32Array;
}

/** Jobs, column by column. */
export interface Jobs {
  readonly count: number;
  readonly company: Int32Array;
  readonly field: Uint8Array;
  readonly level: Uint8Array;
  readonly location: Uint8Array;
  readonly remote: Uint8Array;
  readonly skills: Uint32Array;
  /** Thousands per year. */
  readonly salary: Float32Array;
  /** First day it is shown; may lie before day 0. */
  readonly posted: Int32Array;
  /** Hidden: vector z that tastes are about, `[jobs, d]`. */
  readonly vector: Float32Array;
  /** Hidden: attraction q that all members agree on. */
  readonly quality: Float32Array;
  /** Hidden: how often it is shown, unnormalised. */
  readonly exposure: Float32Array;
}

/** Everything that does not change from day to day. */
export interface World {
  readonly options: MarketplaceOptions;
  /** Which block of members this is, from 0. */
  readonly part: number;
  /** Number of the block's first member, from 0. */
  readonly firstMember: number;
  readonly members: Members;
  readonly companies: Companies;
  readonly jobs: Jobs;
  /** Hidden: mean taste g of the members of each field, `[fields, d]`. */
  readonly fieldTaste: Float32Array;
}

/** Impressions of one session. */
export const SESSION_SIZE = 6;

/** Draws members, companies and jobs. */
export function createWorld(options: MarketplaceOptions): World {
  const random = worldRandom(options, 0, 1);
  const companies = createCompanies(options.companies, random);
  return {
    options,
    part: 0,
    firstMember: 0,
    companies,
    jobs: createJobs(options, companies, random),
    members: createMembers(options.members, options, random),
    fieldTaste: normals(FUNCTIONS.length * TASTE_DIM, random),
  };
}

/**
 * The same companies and jobs with one block of members after the other, so that memory holds one at a time. Members
 * act independently of each other.
 */
export function* memberBlocks(options: MarketplaceOptions, parts: number): Generator<World> {
  const firstOf = (part: number): number => Math.floor((part * options.members) / parts);
  const first = createWorld({ ...options, members: firstOf(1) });
  yield first;
  for (let part = 1; part < parts; part++) {
    const firstMember = firstOf(part);
    const count = firstOf(part + 1) - firstMember;
    const members = createMembers(count, options, worldRandom(options, part, 1));
    yield { ...first, options: { ...options, members: count }, part, firstMember, members };
  }
}

/** Random numbers of a block of members, for one purpose. The first block has those of an undivided world. */
export function worldRandom(
  { seed }: Pick<MarketplaceOptions, 'seed'>,
  part: number,
  purpose: number,
): Random {
  return part === 0 ? createRandom(seed, purpose) : createRandom(seed, purpose, part);
}

function createCompanies(count: number, random: Random): Companies {
  return {
    count,
    industry: choices(count, INDUSTRIES.length, random),
    size: choices(count, SIZES.length, random),
    character: normals(count * TASTE_DIM, random),
    brand: normals(count, random),
  };
}

function createJobs(options: MarketplaceOptions, companies: Companies, random: Random): Jobs {
  const count = options.jobs;
  const company = new Int32Array(count).map(() => random.int(companies.count));
  const field = choices(count, FUNCTIONS.length, random);
  const level = choices(count, LEVELS.length, random);
  return {
    count,
    company,
    field,
    level,
    location: choices(count, LOCATIONS.length, random),
    remote: new Uint8Array(count).map(() => (random.uniform() < 0.3 ? 1 : 0)),
    skills: Uint32Array.from(field, (own) => drawSkills(own, 0.7, 0.04, random)),
    salary: Float32Array.from(level, (own) => (30 + 15 * own) * Math.exp(0.15 * random.normal())),
    posted: new Int32Array(count).map(() => random.int(options.days + 30) - 30),
    vector: createJobVectors(company, field, companies, random),
    quality: Float32Array.from(
      company,
      (own) => 0.35 * companies.brand[own]! + 0.4 * random.normal(),
    ),
    exposure: new Float32Array(count).map(() => Math.exp(0.8 * random.normal())),
  };
}

/** z = 0.6·a(industry) + 0.5·b(field) + 0.5·c(company) + 0.37·ε: unit variance, mostly visible. */
function createJobVectors(
  company: Int32Array,
  field: Uint8Array,
  companies: Companies,
  random: Random,
): Float32Array {
  const ofIndustry = normals(INDUSTRIES.length * TASTE_DIM, random);
  const ofField = normals(FUNCTIONS.length * TASTE_DIM, random);
  return new Float32Array(company.length * TASTE_DIM).map((_, at) => {
    const dim = at % TASTE_DIM;
    const job = (at - dim) / TASTE_DIM;
    const own = company[job]!;
    const industry = ofIndustry[companies.industry[own]! * TASTE_DIM + dim]!;
    const work = ofField[field[job]! * TASTE_DIM + dim]!;
    const character = companies.character[own * TASTE_DIM + dim]!;
    return 0.6 * industry + 0.5 * work + 0.5 * character + 0.37 * random.normal();
  });
}

function createMembers(count: number, options: MarketplaceOptions, random: Random): Members {
  const field = choices(count, FUNCTIONS.length, random);
  const level = choices(count, LEVELS.length, random);
  const sessions = options.impressionsPerMember / (options.days * SESSION_SIZE);
  return {
    count,
    field,
    level,
    location: choices(count, LOCATIONS.length, random),
    skills: Uint32Array.from(field, (own) => drawSkills(own, 0.75, 0.06, random)),
    experience: Float32Array.from(level, (own) => (1 + 3 * own) * Math.exp(0.3 * random.normal())),
    propensity: normals(count, random).map((value) => 0.5 * value),
    localness: new Float32Array(count).map(() => Math.exp(0.7 * random.normal() - 0.7)),
    activity: new Float64Array(count).map(() => sessions * Math.exp(random.normal() - 0.5)),
  };
}

/** A set of skills: those of the field with probability `own`, the others with `other`; never empty. */
function drawSkills(field: number, own: number, other: number, random: Random): number {
  let mask = 0;
  for (let skill = 0; skill < SKILLS.length; skill++) {
    const chance = Math.floor(skill / 4) === field ? own : other;
    if (random.uniform() < chance) mask |= 1 << skill;
  }
  return (mask === 0 ? 1 << (4 * field) : mask) >>> 0;
}

function choices(count: number, options: number, random: Random): Uint8Array {
  return new Uint8Array(count).map(() => random.int(options));
}

function normals(count: number, random: Random): Float32Array {
  return new Float32Array(count).map(() => random.normal());
}
