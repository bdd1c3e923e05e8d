/**
 * What the system knows of another process, by its pid. Linux tells in /proc; elsewhere `ps` does.
 * A pid alone proves little: it is used again, in a container within seconds.
 */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const linux = process.platform === 'linux'

/** The command with its arguments, or undefined when there is no such process or it has ended. */
export function commandLine(pid: number): Promise<string | undefined> {
  return linux ? proc(pid, 'cmdline') : ps(pid, 'command=')
}

/** Tells one process from a later one of the same pid, on this boot of this machine. */
export async function startedAt(pid: number): Promise<string | undefined> {
  if (!linux) return ps(pid, 'lstart=')
  const stat = await fields(pid)
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')
  return stat && stat[0] !== 'Z' ? `${stat[19]}@${boot.trim()}` : undefined
}

/** False for a zombie too: an adopted child of a container's first process may never be reaped. */
export async function isAlive(pid: number): Promise<boolean> {
  if (!linux) return (await ps(pid, 'stat='))?.startsWith('Z') === false
  const stat = await fields(pid)
  return stat !== undefined && stat[0] !== 'Z'
}

/** /proc/pid/stat from its third field on: state first, start time (in ticks) the 20th. proc(5). */
async function fields(pid: number): Promise<string[] | undefined> {
  const text = await proc(pid, 'stat')
  // The name before it stands in brackets and may hold anything, brackets included.
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')
}

async function proc(pid: number, file: string): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')
  return text === '' ? undefined : text
}

async function ps(pid: number, column: string): Promise<string | undefined> {
  const answer = await run('ps', ['-o', column, '-p', String(pid)]).catch(() => undefined)
  return answer?.stdout.trim() || undefined
}
