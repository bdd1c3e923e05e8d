/** Copies a folder that may be in use: a file that vanishes meanwhile is left out, what is copied is on disk. */
import { constants } from 'node:fs'
import { copyFile, mkdir, open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** `wanted` is asked for each path, relative to `source`; a folder that is refused is left out whole. */
export async function copyTree(
  source: string,
  target: string,
  wanted: (path: string) => boolean = () => true,
  at = '',
): Promise<number> {
  await mkdir(join(target, at), { recursive: true, mode: 0o700 })
  let bytes = 0
  for (const entry of await readdir(join(source, at), { withFileTypes: true })) {
    const path = at === '' ? entry.name : `${at}/${entry.name}`
    if (!wanted(path)) continue
    if (entry.isDirectory()) bytes += await copyTree(source, target, wanted, path)
    else if (entry.isFile()) bytes += await copyWhole(join(source, path), join(target, path))
  }
  return bytes
}

/** Answers its size; 0 when it is gone. */
async function copyWhole(from: string, to: string): Promise<number> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0
    throw error
  }
  const file = await open(to, 'r+')
  try {
    await file.sync()
    return (await file.stat()).size
  } finally {
    await file.close()
  }
}

export const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )
