// Says by its exit code whether node_modules holds what package-lock.json asks for, by comparing it
// with the lockfile that npm leaves there. Plain JavaScript: an older Node of the system runs it.
import { existsSync, readFileSync } from 'node:fs'

const read = (path) => JSON.parse(readFileSync(path, 'utf8')).packages
const left = 'node_modules/.package-lock.json'

function fits() {
  if (!existsSync(left)) return false
  const wanted = read('package-lock.json')
  const found = read(left)
  const same = (path) => found[path]?.version === wanted[path]?.version
  const needed = Object.keys(wanted).filter((path) => path !== '' && !wanted[path].optional)
  return needed.every(same) && Object.keys(found).every(same)
}

process.exit(fits() ? 0 : 1)
