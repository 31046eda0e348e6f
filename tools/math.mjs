// Formulas in Markdown, `$…$` and `$$…$$`, for the docs site and for the API pages. They become MathML,
// which needs no style sheet and no font. A formula that is wrong fails the build.
import parser from '@vscode/markdown-it-katex';
import katex from 'katex';

/** @param md the markdown-it instance of VitePress or typedoc */
export function math(md) {
  md.use(parser.default);
  md.renderer.rules.math_inline = (tokens, at) => render(tokens[at].content, 'span', false);
  const block = (tokens, at) => render(tokens[at].content, 'p', true);
  Object.assign(md.renderer.rules, { math_inline_block: block, math_block: block });
}

/** `v-pre`: VitePress makes a Vue template of a page, where double braces would mean something. */
function render(formula, element, displayMode) {
  const html = katex.renderToString(formula, { displayMode, output: 'mathml', throwOnError: true });
  return `<${element} v-pre>${html}</${element}>`;
}
