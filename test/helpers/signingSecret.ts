/** A fresh secret of Standard Webhooks, as people make them. */
import { randomBytes } from 'node:crypto'

export const newSigningSecret = () => `whsec_${randomBytes(32).toString('base64')}`
