import { defineConfig } from 'vitepress';
import { math } from '../../tools/math.mjs';

export default defineConfig({
  title: 'LiMAML for TypeScript',
  description: 'Meta-learned personalisation of recommender models.',
  lastUpdated: false,
  cleanUrls: true,
  // typedoc copies Markdown files beside its pages; they are not pages of this site.
  srcExclude: ['public/**', 'tests/**'],
  // A folder's README is what code hosts show for it; the site calls it index.
  rewrites: { 'reference/errors/README.md': 'reference/errors/index.md' },
  // The API pages are written by typedoc into public/, after VitePress has looked at the links.
  ignoreDeadLinks: [/^\/api\//, /\.\.\/\.\.\//],
  markdown: { config: math },
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      { text: 'Guides', link: '/guides/' },
      { text: 'Error codes', link: '/reference/errors/' },
      { text: 'API', link: '/api/index.html', target: '_self' },
    ],
    sidebar: [
      {
        text: 'Guides',
        items: [
          { text: 'Start here', link: '/guides/' },
          { text: 'Get data', link: '/guides/get-data' },
          { text: 'Your own log: the table dataset', link: '/guides/table-dataset' },
          { text: 'Write an entity plugin', link: '/guides/write-an-entity-plugin' },
          { text: 'Write a model', link: '/guides/write-a-model' },
          { text: 'Choose an algorithm', link: '/guides/algorithms' },
          { text: 'Combine entities', link: '/guides/combine-entities' },
          { text: 'How much a store takes', link: '/guides/capacity' },
          { text: 'Serve', link: '/guides/serve' },
          { text: 'Experiments one can believe', link: '/guides/experiments' },
          { text: 'Tune and ablate', link: '/guides/tune-and-ablate' },
          { text: 'Read a report', link: '/guides/read-a-report' },
          { text: 'Notation', link: '/guides/notation' },
        ],
      },
      {
        text: 'Results',
        items: [
          { text: 'MovieLens-1M, time-ordered', link: '/results/ml-1m-t' },
          { text: 'The claims, tested', link: '/results/claims' },
          { text: 'Freshness', link: '/results/freshness' },
          { text: 'Published protocols', link: '/results/published-protocols' },
          { text: 'Speed', link: '/results/speed' },
          { text: 'Serving', link: '/results/serving' },
        ],
      },
      {
        text: 'Reference',
        items: [
          { text: 'Plugin contracts', link: '/reference/plugin-contracts' },
          { text: 'Error codes', link: '/reference/errors/' },
        ],
      },
    ],
  },
});
