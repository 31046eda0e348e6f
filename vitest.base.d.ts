/** Settings shared by every project: packages resolve to their TypeScript sources, so no build is needed. */
declare const _default: import("vite").UserConfig;
export default _default;
//# sourceMappingURL=vitest.base.d.ts.map