/** Counts what `npm ci` installs for production, from the lock file and what is there. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const root = join(import.meta.dirname, '../..')
const Names = z.record(z.string(), z.string()).default({})
const Package = z.object({
  dependencies: Names,
  optionalDependencies: Names,
  peerDependencies: Names,
})
const Lock = z.object({ packages: z.record(z.string(), Package) })

/** `without` are packages at the root that are left out, with what only they need. */
export function countPackages(without: readonly string[]): number {
  const { packages } = Lock.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')))
  const found = new Set<string>()
  const visit = (path: string, names: readonly string[]) => {
    for (const name of names) {
      const at = resolve(packages, path, name)
      if (at === undefined || found.has(at) || !existsSync(join(root, at))) continue
      found.add(at)
      const own = packages[at]
      if (own) visit(at, namesOf(own))
    }
  }
  const own = packages['']
  if (own)
    visit(
      '',
      namesOf(own).filter((name) => !without.includes(name)),
    )
  return found.size
}

function namesOf(own: z.infer<typeof Package>): string[] {
  const { dependencies, optionalDependencies, peerDependencies } = own
  return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })
}

/** As Node looks for a package: in the folder itself, then in each one above it. */
function resolve(
  packages: Readonly<Record<string, unknown>>,
  from: string,
  name: string,
): string | undefined {
  for (
    let folder = from;
    ;
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))
  ) {
    const at = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`
    if (at in packages) return at
    if (folder === '') return undefined
  }
}
