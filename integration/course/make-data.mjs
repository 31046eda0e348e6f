// Writes an invented data set: node make-data.mjs FOLDER. Learners enrol in courses on topics they like, and
// every course has a level of its own, which only its past interactions tell.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2] ?? 'data';
const TOPICS = ['maths', 'poetry', 'cooking', 'history', 'drawing'];
const [COURSES, LEARNERS, PER_COURSE] = [80, 100, 30];
const DAY = 86_400_000;

let state = 7;
/** From 0 to 1, the same on every machine. */
function random() {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}
const pick = (list) => list[Math.floor(random() * list.length)];

const courses = Array.from({ length: COURSES }, (_, at) => ({
  id: `course-${at}`,
  topic: pick(TOPICS),
  hours: 1 + Math.floor(random() * 20),
}));
const learners = Array.from({ length: LEARNERS }, (_, at) => ({
  id: `learner-${at}`,
  interests: TOPICS.filter(() => random() < 0.4),
}));
const enrolments = courses.flatMap(({ id, topic }) => {
  const level = random() - 0.5;
  return Array.from({ length: PER_COURSE }, (_, at) => {
    const learner = pick(learners);
    const share = 0.3 + (learner.interests.includes(topic) ? 0.4 : 0) + 0.5 * level;
    const enrolled = random() < share ? 1 : 0;
    return { course: id, learner: learner.id, at: at * DAY + Math.floor(random() * DAY), enrolled };
  });
});

mkdirSync(folder, { recursive: true });
for (const [name, rows] of Object.entries({ courses, learners, enrolments })) {
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`);
  writeFileSync(join(folder, `${name}.jsonl`), lines.join(''));
}
