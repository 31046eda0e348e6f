import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';

/** Where and with what the figures were made. */
export interface Machine {
  readonly date: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  /** Processes that wanted a core over the last minute before the run: above zero, others were at work. */
  readonly load: number;
  readonly versions: Readonly<Record<string, string>>;
}

export function describeMachine(): Machine {
  return {
    date: new Date().toISOString(),
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()} ${arch()}`,
    load: loadavg()[0]!,
    versions: {
      node: process.version,
      'onnxruntime-node': versionOf('onnxruntime-node/package.json'),
      '@limaml/core': versionOf('@limaml/core/package.json'),
    },
  };
}

/** Version that a package's manifest states. */
export function versionOf(manifest: string): string {
  const path = createRequire(import.meta.url).resolve(manifest);
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
  return version;
}
