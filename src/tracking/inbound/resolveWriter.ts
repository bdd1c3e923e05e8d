/** Who wrote to us: whom the answered message went to, else whoever goes by this id or number. */
import type { TransactionSql } from 'postgres'
import type { Inbound } from '../../channels/provider.ts'
import { upsertContacts } from '../../contacts/upsert.ts'
import { storableText } from '../../lib/storable.ts'
import type { Answered } from '../store/answered.ts'
import { addIdentity, findByIdentity } from '../store/writers.ts'

const MAX_NAME = 200

/** Null when the vendor does not tell who it is. */
export async function resolveWriter(
  tx: TransactionSql,
  { workspaceId, source }: { workspaceId: string; source: string },
  { inbound, message }: { inbound: Inbound; message: Answered | undefined },
  now: Date,
): Promise<string | null> {
  const { userId, phone, name } = inbound
  const ids = [userId, phone].filter((id) => id !== null)
  let known = message?.contactId ?? null
  for (const id of ids) known ??= await findByIdentity(tx, workspaceId, source, id)
  if (known !== null) {
    // From now on they are known by each, also where the vendor tells only one of them.
    for (const externalId of ids)
      await addIdentity(tx, workspaceId, { source, externalId, contactId: known }, now)
    return known
  }
  const externalId = userId ?? phone
  if (externalId === null) return null
  const [person] = await upsertContacts(
    tx,
    workspaceId,
    [
      {
        identities: [{ source, externalId }],
        details: {},
        addresses: phone
          ? [{ kind: 'phone', address: phone, primary: false, verified: false }]
          : [],
      },
    ],
    now,
  )
  if (!person?.ok) return null
  if (person.created && name !== null) {
    const details = { name: storableText(name).slice(0, MAX_NAME).toWellFormed() }
    const named = { identities: [{ source, externalId }], details, addresses: [] }
    await upsertContacts(tx, workspaceId, [named], now)
  }
  return person.id
}
