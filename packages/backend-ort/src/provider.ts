import { matMul, relu, spec, trace } from '@limaml/graph';
import { toOnnx } from '@limaml/onnx';
import { messageOf, noProvider, unknownProvider } from './errors.js';
import type { Runtime } from './runtime.js';

/** The execution provider that programs run on. */
export interface ProviderChoice {
  readonly provider: string;
  /** Why this one: for each that would have come first, what keeps it from working. */
  readonly reason: string;
}

/** Providers that builds of onnxruntime-node for some platform have. Other names are mistakes. */
const KNOWN = ['cpu', 'cuda', 'tensorrt', 'webgpu', 'dml', 'coreml', 'qnn'];

/**
 * Finds the first provider that works here, by running a small program on it: one that is listed may
 * still lack its library or a device.
 *
 * @param wanted names by preference
 * @param workers threads that will compute at once
 * @throws LIMAML_ERR_ORT_UNKNOWN_PROVIDER for a name that no build has
 * @throws LIMAML_ERR_ORT_NO_PROVIDER when none works
 */
export async function chooseProvider(
  wanted: readonly string[],
  runtime: Runtime,
  workers = 1,
): Promise<ProviderChoice> {
  const listed = runtime.listSupportedBackends().map(({ name }) => name);
  const known = [...new Set([...listed, ...KNOWN])];
  const unknown = wanted.find((provider) => !known.includes(provider));
  if (unknown !== undefined) throw unknownProvider(unknown, known);
  const failures: string[] = [];
  for (const provider of wanted) {
    const failure = ruledOut(provider, listed, workers) ?? (await failureOf(provider, runtime));
    if (failure === undefined) return { provider, reason: spellReason(provider, failures) };
    failures.push(`${provider} does not work: ${failure}`);
  }
  throw noProvider(wanted, failures);
}

/** What rules a provider out before it is tried. */
function ruledOut(
  provider: string,
  listed: readonly string[],
  workers: number,
): string | undefined {
  if (!listed.includes(provider)) return 'this build of onnxruntime-node does not have it';
  // Its threads share one device without a lock: the process ends (seen with ONNX Runtime 1.30).
  return provider === 'webgpu' && workers > 1
    ? `it cannot compute in ${workers} worker threads at once`
    : undefined;
}

function spellReason(provider: string, failures: readonly string[]): string {
  const because = failures.length === 0 ? '' : `, because ${failures.join('; ')}`;
  return `ONNX Runtime on ${provider}${because}`;
}

/** What keeps a provider from running a program. The processor is always there. */
async function failureOf(provider: string, runtime: Runtime): Promise<string | undefined> {
  if (provider === 'cpu') return undefined;
  if (provider === 'cuda') requireSinglePrecision();
  try {
    const result = await probe(provider, runtime);
    return result.join() === PROBE.expected.join() ? undefined : `it computes ${result.join()}`;
  } catch (error) {
    return shorten(messageOf(error));
  }
}

/**
 * CUDA's products round their inputs to 10 bits (TF32) unless it is told otherwise before it is loaded. In
 * meta-gradients, which are made of products of products, that comes to several per cent.
 */
function requireSinglePrecision(): void {
  process.env.NVIDIA_TF32_OVERRIDE ??= '0';
}

/** Small whole numbers, which are exact at any precision of a product. */
const PROBE = { x: [1, 2, 3, -4], expected: [7, 0, 0, 22] };

async function probe(provider: string, { InferenceSession, Tensor }: Runtime): Promise<number[]> {
  const program = trace({ x: spec([2, 2]) }, ({ x }) => ({ y: relu(matMul(x, x)) }));
  const session = await InferenceSession.create(toOnnx(program, { name: 'probe' }), {
    executionProviders: [provider],
    logSeverityLevel: 4,
    // Otherwise the processor computes what the provider cannot, without a word.
    extra: { session: { disable_cpu_ep_fallback: '1' } },
  });
  try {
    const { y } = await session.run({ x: new Tensor('float32', PROBE.x, [2, 2]) });
    return Array.from(y!.data as Float32Array);
  } finally {
    await session.release();
  }
}

/** One line, without the place in ONNX Runtime's sources and the condition that did not hold there. */
function shorten(message: string): string {
  const line = message.replaceAll(/\s+/g, ' ').trim();
  return line.replace(/^\/onnxruntime_src\/.* was false\. /, '');
}
