/**
 * A plugin setting that must not be read back: `meta({ secret: true })` is what
 * encrypts it at rest, masks it in answers and draws it as a password field.
 */
import { z } from 'zod'

export function secret(title: string) {
  return z.string().min(1).meta({ title, secret: true })
}

export function optionalSecret(title: string) {
  return z.string().min(1).optional().meta({ title, secret: true })
}
