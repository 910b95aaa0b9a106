// What next's tracing takes along but only `next build`, `next dev` or edge functions use: over half of the server.
const buildOnly = [
  "caniuse-lite",
  "next/dist/compiled/@edge-runtime/primitives",
  "next/dist/compiled/@next/font",
  "next/dist/compiled/amphtml-validator",
  "next/dist/compiled/babel-packages",
  "next/dist/compiled/edge-runtime",
  "next/dist/compiled/next-devtools",
  "next/dist/compiled/crypto-browserify",
  "next/dist/compiled/cssnano-simple",
  "next/dist/compiled/postcss-preset-env",
  "next/dist/server/capsize-font-metrics.json",
];

// Other flavours of the renderer than the one that `next build` without Turbopack starts.
const unusedRenderers = [
  "next/dist/compiled/next-server/*experimental*",
  "next/dist/compiled/next-server/*turbo*",
  "react-dom/cjs/*.browser.*",
  "react-dom/cjs/*.development.js",
];

export default {
  // A server with only the modules it needs, so that the image carries no node_modules of the build.
  output: "standalone",
  poweredByHeader: false,
  // Nothing here resizes pictures, so sharp and its libraries (17 MB) stay out.
  images: { unoptimized: true },
  outputFileTracingExcludes: {
    "*": ["@img", "sharp", ...buildOnly, ...unusedRenderers].flatMap((module) => [
      `node_modules/${module}`,
      `node_modules/${module}/**`,
    ]),
  },
};
