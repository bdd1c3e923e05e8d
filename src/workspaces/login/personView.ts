/** A person as signing in answers them. */
import type { LoginMember } from './store.ts'

export function personView(member: LoginMember) {
  const { id, email, userName, fullName, totpSecret } = member
  return { id, email, user_name: userName, full_name: fullName, two_factor: totpSecret !== null }
}
