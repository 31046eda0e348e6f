import type { ReportEnvironment } from '@limaml/plugin';
import { execFile } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { promisify } from 'node:util';
import { packageVersion } from '../version.js';

/** Describes this process and machine. Paths of the interpreter are left out. */
export async function describeEnvironment(): Promise<ReportEnvironment> {
  const commit = await gitCommit();
  return {
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memory: totalmem(),
    versions: { '@limaml/experiment': packageVersion(), node: process.version },
    ...(commit !== undefined && { commit }),
    command: process.argv.slice(2),
  };
}

/** Most memory that this process has held, in bytes. */
export function peakMemory(): number {
  // Kilobytes on every platform.
  return process.resourceUsage().maxRSS * 1024;
}

const run = promisify(execFile);

/** Without git, or outside a repository, there is none. */
async function gitCommit(): Promise<string | undefined> {
  try {
    const { stdout: commit } = await run('git', ['rev-parse', 'HEAD']);
    const { stdout: changes } = await run('git', ['status', '--porcelain']);
    return changes === '' ? commit.trim() : `${commit.trim()}+changes`;
  } catch {
    return undefined;
  }
}
