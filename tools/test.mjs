// `npm test`: installs what is missing, then runs the tests. Arguments go to vitest: `npm test -- graph`.
import { join } from 'node:path';
import { ROOT, checkInstalled, checkNode, run } from './prepare.mjs';

checkNode();
checkInstalled();
run(
  process.execPath,
  [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', ...process.argv.slice(2)],
  'Some tests failed; the lines above say which.',
);
