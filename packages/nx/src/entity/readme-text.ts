import { camelCase } from './names.js';

/** `README.md` of an entity package. */
export function readmeText(name: string): string {
  const factory = `${camelCase(name)}Entity`;
  return `# limaml-entity-${name}

LiMAML entity adapter: each ${name} is a task, and the network adapts to its recent interactions.

\`\`\`sh
npm install
npm test           # the conformance suite of @limaml/plugin/testing
npm run typecheck
npm run build      # writes dist/, which the package exports
\`\`\`

List it in the \`limaml.config.ts\` of a project that installs it:

\`\`\`ts
import { defineConfig } from 'limaml';

export default defineConfig({ plugins: ['limaml-entity-${name}'] });
\`\`\`

or with options: \`plugins: [${factory}({ supportSize: 20 })]\`. \`npx limaml plugins\` shows it, and a spec with
\`entity: '${name}'\` trains on it.
`;
}
