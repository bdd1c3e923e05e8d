/** The gate of bin/check lets our own lockfile through, and none that somebody has slipped something into. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

interface Entry {
  version: string
  integrity?: string
  resolved?: string
  hasInstallScript?: boolean
}

const root = join(import.meta.dirname, '..')
const text = readFileSync(join(root, 'package-lock.json'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'beckon-gate-'))
after(() => rmSync(folder, { recursive: true }))

function gate(change: (packages: Record<string, Entry>) => void) {
  const lockfile = JSON.parse(text)
  change(lockfile.packages)
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lockfile))
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'bin/lockfileGate.ts')],
    { cwd: folder, encoding: 'utf8' },
  )
  return { status, output: stdout + stderr }
}

const liquid = 'node_modules/liquidjs'
const attacks: Record<string, (entry: Entry) => void> = {
  'a version with known holes': (entry) => {
    entry.version = '10.24.0'
  },
  'an install script': (entry) => {
    entry.hasInstallScript = true
  },
  'no integrity': (entry) => {
    delete entry.integrity
  },
  'a weaker integrity': (entry) => {
    entry.integrity = 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk='
  },
  'a git address': (entry) => {
    entry.resolved = 'git+ssh://git@github.com/somebody/liquidjs.git#main'
  },
  'an address of somebody else': (entry) => {
    entry.resolved = 'https://packages.example.com/liquidjs.tgz'
  },
}

test('our own lockfile passes', () => {
  const { status, output } = gate(() => {})
  assert.equal(status, 0, output)
})

for (const [what, attack] of Object.entries(attacks)) {
  test(`a package with ${what} is stopped, by its name`, () => {
    const { status, output } = gate((packages) => {
      const entry = packages[liquid]
      assert.ok(entry)
      attack(entry)
    })
    assert.equal(status, 1, output)
    assert.match(output, /liquidjs/)
  })
}

test('a second copy of a package that secures us is stopped', () => {
  const { status, output } = gate((packages) => {
    const entry = packages[liquid]
    assert.ok(entry)
    packages['node_modules/csv-parse/node_modules/liquidjs'] = { ...entry }
  })
  assert.equal(status, 1, output)
})
