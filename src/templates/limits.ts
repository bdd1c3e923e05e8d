/**
 * What one template may cost, in-process and in the sandbox.
 *
 * Each stops an attack that was published against a template engine; the tests
 * in attacks.test.ts try them all.
 */
export const MAX_SOURCE = 512 * 1024 // characters of one template
export const MAX_TAGS = 2_000 // tags and outputs of one template
export const MAX_NESTING = 100 // blocks inside blocks
export const MAX_TERMS = 500 // operands, filters or path segments of one expression
export const MAX_COMMENT_LINES = 20 // of an inline comment; LiquidJS checks it in quadratic time
export const MAX_ITERATIONS = 10_000 // of all loops of one render together
export const MAX_OUTPUT = 2 * 1024 * 1024 // characters of one rendered part
export const MAX_MEMORY = 5_000_000 // characters and elements that filters may make in one render
export const MAX_CPU_MS = 250 // thread time of one in-process render; wall time would punish a busy machine
export const MAX_WALL_MS = 500 // of one render in a sandbox worker, which is then killed
export const MAX_PREPARE_MS = 5_000 // of inlining the CSS of one version
export const MAX_MJML_MS = 15_000 // of MJML of one version; loading it, once a worker, takes seconds on a busy machine
export const MAX_VARIABLES = 2 * 1024 * 1024 // characters of JSON handed to a sandbox worker
