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
  if (message?.contactId) {
    // From now on they are known by the vendor's id too, also where their number is not told.
    const identity = { source, externalId: userId ?? phone ?? '', contactId: message.contactId }
    if (identity.externalId !== '') await addIdentity(tx, workspaceId, identity, now)
    return message.contactId
  }
  const known = userId === null ? null : await findByIdentity(tx, workspaceId, source, userId)
  if (known !== null) return known
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
