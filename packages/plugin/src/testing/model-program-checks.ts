import {
  adaptProgram,
  evaluateProgram,
  hostTableSpecs,
  parameterSpecs,
  priorProgram,
  scoreProgram,
  trainProgram,
} from '@limaml/core';
import {
  bindDims,
  formatProgram,
  isOp,
  optimize,
  sameShape,
  topologicalOrder,
} from '@limaml/graph';
import type { Program, Shape, Tensor } from '@limaml/graph';
import { ensure } from './conformance.js';
import type { Check } from './conformance.js';
import { SIZES, feedsOf, run } from './model-fixture.js';
import type { TestedModel } from './model-fixture.js';
import { traceScore } from './model-score-program.js';
import { ensureClose } from './model-values.js';

type Programs = Readonly<Record<string, Program>>;

/** Checks of the programs that are made from a model. */
export function programChecks(tested: TestedModel, again: () => TestedModel): readonly Check[] {
  const { model, algorithm } = tested;
  return [
    {
      name: 'metaEmbedding gives [T, D] and score gives [T, B]',
      fix: 'D is embeddingDim; take away or add an axis of size 1 with squeeze() or expandDims()',
      run: () => {
        const { embedding, logits } = evaluateProgram(model, algorithm).outputs;
        ensureShape('metaEmbedding', embedding!, ['T', model.embeddingDim]);
        ensureShape('score', logits!, ['T', 'Q']);
      },
    },
    {
      name: 'the meta embedding depends on the entity and its support set alone',
      fix: 'Compute metaEmbedding() from its arguments; keep no tensor of score()',
      run: () => {
        const { embedding } = evaluateProgram(model, algorithm).outputs;
        const strangers = inputsOf(embedding!).filter((name) => /^(?:query|noise)\//.test(name));
        ensure(strangers.length === 0, `it reads ${strangers.join(', ')}`);
      },
    },
    {
      name: 'every parameter and table is read',
      fix: 'Leave out of params and tables what neither metaEmbedding() nor score() reads',
      run: () => {
        checkParametersRead(tested);
      },
    },
    {
      name: 'two models of the same options make the same programs',
      fix: 'Keep no state between calls of create(), metaEmbedding() and score(), and draw nothing at random',
      run: () => {
        ensureSamePrograms(programsOf(tested), programsOf(again()));
      },
    },
    {
      name: 'optimised programs compute the same',
      fix: 'Report it with the model as a defect of @limaml/graph, unless the model makes tensors by hand',
      run: () => {
        for (const [name, program] of Object.entries(programsOf(tested))) {
          const feeds = feedsOf(tested, program);
          ensureClose(run(program, feeds), run(optimize(program), feeds), `${name}, optimised`);
        }
      },
    },
  ];
}

function ensureSamePrograms(first: Programs, second: Programs): void {
  for (const [name, program] of Object.entries(first)) {
    const same = formatProgram(program) === formatProgram(second[name]!);
    ensure(same, `the ${name} programs differ`);
  }
}

function checkParametersRead({ model, algorithm }: TestedModel): void {
  const programs = [trainProgram(model, algorithm), traceScore(model, false)];
  const read = programs.flatMap(({ outputs }) => Object.values(outputs).flatMap(inputsOf));
  const stated = { ...parameterSpecs(model, algorithm), ...hostTableSpecs(model) };
  const unread = Object.keys(stated).filter((name) => !read.includes(name));
  ensure(unread.length === 0, `nothing reads ${unread.join(', ')}`);
}

function programsOf({ model, algorithm }: TestedModel): Programs {
  return {
    evaluate: evaluateProgram(model, algorithm),
    adapt: adaptProgram(model, algorithm),
    // Without entity features nothing says how many tasks there are.
    prior: bindDims(priorProgram(model), SIZES),
    score: scoreProgram(model),
  };
}

function ensureShape(what: string, { shape }: Tensor, expected: Shape): void {
  const words = `${what} gives [${shape.join(', ')}], not [${expected.join(', ')}]`;
  ensure(sameShape(shape, expected), words);
}

function inputsOf(tensor: Tensor): readonly string[] {
  return topologicalOrder([tensor]).flatMap((node) =>
    isOp(node, 'input') ? [node.attrs.name] : [],
  );
}
