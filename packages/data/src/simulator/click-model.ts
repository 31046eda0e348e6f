import { createRandom } from '../random.js';
import type { Random } from '../random.js';
import { TASTE_DIM } from './world.js';
import type { World } from './world.js';

/** Share of a member's taste that is personal; the rest is that of its field. */
const PERSONAL = 0.92;
const SHARED = Math.sqrt(1 - PERSONAL * PERSONAL);

/**
 * The truth: with which probability a member clicks on a job on a day.
 *
 * ```
 * p = σ(b + v_m + q_j + 1.2·(overlap − 0.4) − 0.25·|level_m − level_j|
 *       + κ_m·near + λ·⟨u_m(t), z_j⟩ / √d)
 * u_m(t) = 0.92·h_m(t) + 0.39·g_field(m)
 * h_m(t + Δ) = ρ·h_m(t) + √(1 − ρ²)·ε,   ρ = exp(−Δ / tasteDays)
 * ```
 *
 * with overlap = share of the job's skills that the member has, near = same place or remote, and b such
 * that the mean of p over what is shown is the click rate asked for.
 */
export interface ClickModel {
  /** Moves a member's taste on to a day. Days must not go back. */
  drift(member: number, day: number): void;
  /** Logit without the constant b, for the member's taste as it is now. */
  logit(member: number, job: number): number;
}

/** Draws today's tastes and moves them on demand, so that a quiet member costs nothing. */
export function createClickModel(world: World, random: Random): ClickModel {
  const personal = new Float32Array(world.members.count * TASTE_DIM).map(() => random.normal());
  const movedOn = new Int32Array(world.members.count);
  return {
    drift(member, day) {
      const kept = Math.exp((movedOn[member]! - day) / world.options.tasteDays);
      if (kept === 1) return;
      const fresh = Math.sqrt(1 - kept * kept);
      for (let at = member * TASTE_DIM; at < (member + 1) * TASTE_DIM; at++) {
        personal[at] = kept * personal[at]! + fresh * random.normal();
      }
      movedOn[member] = day;
    },
    logit: (member, job) => logitOf(world, personal, member, job),
  };
}

function logitOf(world: World, personal: Float32Array, member: number, job: number): number {
  const { members, jobs, options } = world;
  const gap = Math.abs(members.level[member]! - jobs.level[job]!);
  const near = members.location[member] === jobs.location[job] || jobs.remote[job] === 1 ? 1 : 0;
  return (
    members.propensity[member]! +
    jobs.quality[job]! +
    1.2 * (skillOverlap(members.skills[member]!, jobs.skills[job]!) - 0.4) -
    0.25 * gap +
    members.localness[member]! * near +
    (options.tasteStrength / Math.sqrt(TASTE_DIM)) * tasteFor(world, personal, member, job)
  );
}

/** ⟨u, z⟩. */
function tasteFor(world: World, personal: Float32Array, member: number, job: number): number {
  const field = world.members.field[member]!;
  let product = 0;
  for (let dim = 0; dim < TASTE_DIM; dim++) {
    const own = personal[member * TASTE_DIM + dim]!;
    const shared = world.fieldTaste[field * TASTE_DIM + dim]!;
    product += (PERSONAL * own + SHARED * shared) * world.jobs.vector[job * TASTE_DIM + dim]!;
  }
  return product;
}

function skillOverlap(member: number, job: number): number {
  return countBits(member & job) / countBits(job);
}

function countBits(mask: number): number {
  let count = 0;
  for (let rest = mask >>> 0; rest !== 0; rest &= rest - 1) count++;
  return count;
}

const CALIBRATION_PAIRS = 4096;

/**
 * Finds b: the constant that makes the mean click probability over sampled impressions the one asked
 * for (bisection; the mean grows with b).
 */
export function calibrate(
  world: World,
  drawJob: (member: number, random: Random) => number,
): number {
  const random = createRandom(world.options.seed, 2);
  const model = createClickModel(world, random);
  const weights = cumulativeActivity(world);
  const logits = Float64Array.from({ length: CALIBRATION_PAIRS }, () => {
    const member = firstAbove(weights, random.uniform() * weights.at(-1)!);
    return model.logit(member, drawJob(member, random));
  });
  let [low, high] = [-30, 30];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    const mean = logits.reduce((sum, logit) => sum + sigmoid(logit + middle), 0) / logits.length;
    if (mean < world.options.clickRate) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** First place of an ascending list whose value is above `value` (binary search). */
export function firstAbove(ascending: Float64Array, value: number): number {
  let [low, high] = [0, ascending.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

function cumulativeActivity(world: World): Float64Array {
  let total = 0;
  return world.members.activity.map((activity) => (total += activity));
}
