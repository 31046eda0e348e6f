import { EXIT } from './exit-codes.js';
import { listenForInterrupt } from './interrupt.js';
import { processIo } from './io.js';
import { main } from './main.js';

const interrupt = listenForInterrupt();
// A reader that closes early (`limaml … | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  throw error;
});
process.exitCode = await main(process.argv.slice(2), processIo(interrupt.signal));
interrupt.stop();
