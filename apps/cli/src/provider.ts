import type { ExperimentSpec } from '@limaml/experiment';
import type { Executor } from '@limaml/graph';
import type { CommandContext } from './command.js';

/** Help of the option `--provider`. */
export const PROVIDER_HELP =
  'where to compute: cuda, webgpu…; where it does not work, the processor, with the reason (default: cpu)';

/** Options of an executor that computes on a provider, or else on the processor. */
export function providerOptions(provider: string): { executionProviders: string[] } {
  return { executionProviders: [...new Set([provider, 'cpu'])] };
}

/** Says where an executor computes, and why there. */
export function tellProvider(
  { progress }: CommandContext,
  provider: string,
  { reason }: Executor,
): void {
  progress.step(`Setting up ${provider}`).done(reason);
}

/** Says where training is going to compute, once for all jobs, by making an executor for a moment. */
export async function announceProvider(
  context: CommandContext,
  provider: string,
  { models }: ExperimentSpec,
): Promise<void> {
  const [plugin] = context.registry.list('executor');
  const workers = Math.max(1, ...models.map(({ training }) => training.workers));
  const options = { ...providerOptions(provider), ...(workers > 1 && { workers }) };
  const executor = await plugin!.create(options);
  tellProvider(context, provider, executor);
  await executor.dispose?.();
}
