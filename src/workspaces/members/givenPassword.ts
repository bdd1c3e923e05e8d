/** The password of a new member: as it is, or as the hash that another system has of it. */
import type { z } from 'zod'
import { invalid } from '../../errors.ts'
import { checkPassword, type PasswordOwner } from '../login/checkPassword.ts'
import { hashPassword, isForeignHash } from '../login/password.ts'
import type { NewMember } from './schema.ts'

type Given = Pick<z.infer<typeof NewMember>, 'password' | 'password_hash'>

/** What is stored. 422 when the password is not good enough, or the hash is none that could ever verify. */
export async function givenPassword(given: Given, owner: PasswordOwner): Promise<string> {
  const { password, password_hash: hash } = given
  if (password === undefined && hash === undefined)
    throw invalid('/password', 'Give a password, or the password_hash of another system.')
  if (password === undefined) return importedHash(hash ?? '', owner)
  if (hash !== undefined) throw invalid('/password_hash', 'Give this or a password, not both.')
  checkPassword(password, owner)
  return hashPassword(password)
}

/** Nobody sees how long the password behind a hash is, so those who can do much bring none. */
function importedHash(hash: string, { role }: PasswordOwner): string {
  if (role !== 'client')
    throw invalid(
      '/password_hash',
      'Only clients bring one. Give a password, or invite the person.',
    )
  if (!isForeignHash(hash))
    throw invalid(
      '/password_hash',
      'not a hash of Django or Werkzeug, such as pbkdf2_sha256$600000$salt$hash',
    )
  return hash
}
