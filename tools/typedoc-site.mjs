// typedoc plugin that makes the API pages part of the docs site: it shows formulas, and where a README
// links to a file that is no page of the API, typedoc would link to a copy of the file: these links lead to
// the page of the site, or to the file in the repository.
import { relative, sep } from 'node:path';
import { Application, RendererEvent } from 'typedoc';
import { math } from './math.mjs';
import { ROOT } from './prepare.mjs';

const REPOSITORY = 'https://github.com/limaml/limaml/blob/main';

export function load(app) {
  // Before that, typedoc reads its options once more.
  app.on(Application.EVENT_BOOTSTRAP_END, () => app.options.setValue('markdownItLoader', math));
  app.renderer.on(RendererEvent.BEGIN, ({ project }) => {
    for (const { readme = [] } of project.children ?? []) {
      for (const part of readme) if (part.kind === 'relative-link') relink(part, project);
    }
  });
}

function relink(part, project) {
  const file = project.files.resolve(part.target, project);
  if (typeof file !== 'string') return;
  part.kind = 'text';
  part.text =
    urlOf(relative(ROOT, file).split(sep).join('/')) +
    (part.targetAnchor ? `#${part.targetAnchor}` : '');
}

/** From a page in docs/public/api/modules, which the site serves as api/modules. */
function urlOf(path) {
  const page = /^docs\/(.*)\.md$/.exec(path)?.[1];
  if (page === undefined) return `${REPOSITORY}/${path}`;
  return `../../${page.replace(/README$/, 'index')}.html`;
}
