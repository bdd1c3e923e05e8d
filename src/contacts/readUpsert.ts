/** From what a request or a row says to what is to be written. */
import type { FieldError } from '../errors.ts'
import { readAddressInputs } from './normalise.ts'
import type { ContactInput, ContactPatch } from './schema.ts'
import type { Details } from './upsert.store.ts'
import type { Upsert } from './upsert.ts'

/** `country` is that of phone numbers without one. */
export function readUpsert(
  input: ContactInput,
  country: string | null,
): Upsert | { errors: FieldError[] } {
  const { addresses, errors } = readAddressInputs(input, country)
  if (errors.length > 0) return { errors }
  const identities = [
    ...(input.external_id ? [{ source: 'api', externalId: input.external_id }] : []),
    ...(input.identities ?? []).map((each) => ({
      source: each.source,
      externalId: each.external_id,
    })),
  ]
  if (identities.length === 0) {
    const own =
      addresses.find((each) => each.kind === 'email') ??
      addresses.find((each) => each.kind === 'phone')
    if (!own)
      return {
        errors: [{ pointer: '/external_id', detail: 'Give an external_id, an email or a phone.' }],
      }
    identities.push({ source: own.kind, externalId: own.address.toLowerCase() })
  }
  return { identities, addresses, details: readDetails(input) }
}

/** Absent fields stay as they are; null empties one. */
export function readDetails({ name, locale, time_zone, traits, tags }: ContactPatch): Details {
  return {
    ...(name !== undefined ? { name } : {}),
    ...(locale !== undefined ? { locale } : {}),
    ...(time_zone !== undefined ? { time_zone } : {}),
    ...(traits !== undefined ? { traits } : {}),
    ...(tags !== undefined ? { tags: [...new Set(tags)] } : {}),
  }
}
