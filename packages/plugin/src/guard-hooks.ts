import { isLimamlError } from '@limaml/errors';
import { disposedTwice, hookFailed } from './errors.js';
import type { PluginLabel } from './errors.js';

type Hook = (this: unknown, ...args: readonly unknown[]) => unknown;

/**
 * The members of a definition with its functions, the hooks, made to fail in one way: what they throw without
 * a code becomes an error with one that names plugin and hook and keeps the cause. `dispose` works once.
 */
export function guardHooks<D extends object>(label: PluginLabel, definition: D): D {
  const members = Object.entries(definition).map(([name, member]: [string, unknown]) => [
    name,
    typeof member === 'function' ? guard(label, name, member as Hook) : member,
  ]);
  return Object.fromEntries(members) as D;
}

function guard(label: PluginLabel, name: string, hook: Hook): Hook {
  const guarded = guardErrors(label, name, hook);
  return name === 'dispose' ? once(label, guarded) : guarded;
}

/** Called for every row of a log: nothing is made unless the hook fails. */
function guardErrors(label: PluginLabel, name: string, hook: Hook): Hook {
  return function (...args) {
    try {
      const result = Reflect.apply(hook, this, args);
      if (!(result instanceof Promise)) return result;
      return result.catch((error: unknown) => {
        throw codedError(label, name, args, error);
      });
    } catch (error) {
      throw codedError(label, name, args, error);
    }
  };
}

function codedError(
  label: PluginLabel,
  hook: string,
  args: readonly unknown[],
  error: unknown,
): unknown {
  return isLimamlError(error) || args.some(isAborted) ? error : hookFailed(label, hook, error);
}

/** A hook that was told to stop gives the reason of the signal: that is no failure. */
function isAborted(argument: unknown): boolean {
  if (typeof argument !== 'object' || argument === null || !('signal' in argument)) return false;
  return argument.signal instanceof AbortSignal && argument.signal.aborted;
}

function once(label: PluginLabel, dispose: Hook): Hook {
  let disposed = false;
  return function () {
    if (disposed) throw disposedTwice(label);
    disposed = true;
    return dispose.call(this);
  };
}
