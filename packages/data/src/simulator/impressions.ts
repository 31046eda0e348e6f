import type { Random } from '../random.js';
import { calibrate, createClickModel, sigmoid } from './click-model.js';
import type { ClickModel } from './click-model.js';
import { createJobMarket } from './job-market.js';
import type { JobMarket } from './job-market.js';
import { SESSION_SIZE, worldRandom } from './world.js';
import type { World } from './world.js';

/** Impressions, column by column. */
export interface ImpressionBatch {
  readonly rows: number;
  readonly member: Int32Array;
  readonly job: Int32Array;
  /** Milliseconds since 1970. */
  readonly timestamp: Float64Array;
  readonly clicked: Uint8Array;
  /** Seconds spent on the job. */
  readonly dwell: Float32Array;
  /** The click probability that `clicked` was drawn with. */
  readonly probability: Float32Array;
}

const DAY = 86_400_000;
/** Day 0 of every simulation. */
const FIRST_DAY = Date.UTC(2025, 0, 1);
const SECONDS_BETWEEN_IMPRESSIONS = 20;

/**
 * Finds the constant b of the click probability, which all blocks of members share.
 * @param world any block
 */
export function clickConstant(world: World): number {
  const everyDay = createJobMarket(world.jobs, undefined);
  const { field } = world.members;
  return calibrate(world, (member, source) => everyDay.draw(field[member]!, source));
}

/**
 * Simulates impressions day by day, in batches of bounded size, sessions in time order.
 * @param constant see {@link clickConstant}
 */
export function* simulateImpressions(
  world: World,
  batchRows = 65_536,
  constant = clickConstant(world),
): Generator<ImpressionBatch> {
  const random = worldRandom(world.options, world.part, 3);
  const model = createClickModel(world, random);
  const buffer = createBuffer(batchRows);
  for (let day = 0; day < world.options.days; day++) {
    const market = createJobMarket(world.jobs, day);
    for (const session of drawSessions(world, random)) {
      model.drift(session.member, day);
      playSession(world, { ...session, day, constant }, model, market, buffer, random);
      if (buffer.free() < SESSION_SIZE) yield buffer.take();
    }
  }
  if (!buffer.isEmpty()) yield buffer.take();
}

interface Session {
  readonly member: number;
  /** Milliseconds since midnight. */
  readonly start: number;
}

/** Sessions of one day: Poisson per member, at any second, sorted. */
function drawSessions(world: World, random: Random): Session[] {
  const sessions: Session[] = [];
  world.members.activity.forEach((mean, member) => {
    for (let left = random.poisson(mean); left > 0; left--) {
      sessions.push({ member, start: random.int(86_000) * 1000 });
    }
  });
  return sessions.sort((left, right) => left.start - right.start || left.member - right.member);
}

function playSession(
  world: World,
  session: Session & { readonly day: number; readonly constant: number },
  model: ClickModel,
  market: JobMarket,
  buffer: ImpressionBuffer,
  random: Random,
): void {
  const begin = FIRST_DAY + session.day * DAY + session.start;
  const field = world.members.field[session.member]!;
  for (let place = 0; place < SESSION_SIZE; place++) {
    const job = market.draw(field, random);
    const logit = session.constant + model.logit(session.member, job);
    const probability = sigmoid(logit);
    const clicked = random.uniform() < probability ? 1 : 0;
    // Who clicks stays longer, and longer where the job suits.
    const dwell = Math.exp(1 + 1.6 * clicked + 0.2 * logit + 0.6 * random.normal());
    const timestamp = begin + place * SECONDS_BETWEEN_IMPRESSIONS * 1000;
    buffer.add(session.member, job, timestamp, clicked, dwell, probability);
  }
}

interface ImpressionBuffer {
  add(
    member: number,
    job: number,
    timestamp: number,
    clicked: number,
    dwell: number,
    probability: number,
  ): void;
  free(): number;
  isEmpty(): boolean;
  /** What was added since the last take. */
  take(): ImpressionBatch;
}

function createBuffer(capacity: number): ImpressionBuffer {
  const room = Math.max(capacity, SESSION_SIZE);
  let rows = 0;
  let batch = allocateBatch(room);
  return {
    add(member, job, timestamp, clicked, dwell, probability) {
      batch.member[rows] = member;
      batch.job[rows] = job;
      batch.timestamp[rows] = timestamp;
      batch.clicked[rows] = clicked;
      batch.dwell[rows] = dwell;
      batch.probability[rows++] = probability;
    },
    free: () => room - rows,
    isEmpty: () => rows === 0,
    take() {
      const taken = cutBatch(batch, rows);
      batch = allocateBatch(room);
      rows = 0;
      return taken;
    },
  };
}

function allocateBatch(rows: number): ImpressionBatch {
  return {
    rows,
    member: new Int32Array(rows),
    job: new Int32Array(rows),
    timestamp: new Float64Array(rows),
    clicked: new Uint8Array(rows),
    dwell: new Float32Array(rows),
    probability: new Float32Array(rows),
  };
}

function cutBatch(batch: ImpressionBatch, rows: number): ImpressionBatch {
  return {
    rows,
    member: batch.member.subarray(0, rows),
    job: batch.job.subarray(0, rows),
    timestamp: batch.timestamp.subarray(0, rows),
    clicked: batch.clicked.subarray(0, rows),
    dwell: batch.dwell.subarray(0, rows),
    probability: batch.probability.subarray(0, rows),
  };
}
