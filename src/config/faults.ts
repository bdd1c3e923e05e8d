/** What is wrong with an environment beyond each variable by itself, and what is needless in it. */
export type Environment = Readonly<Record<string, string | undefined>>

const placeholder = 'change-me-in-production'

/** Variables of the systems that Beckon replaces, which it has no use for. */
const notNeeded =
  /^(DEBUG|SECRET_KEY|ALLOWED_HOSTS|REDIS_URL|CELERY_\w+|DB_(NAME|USER|PASSWORD|HOST|PORT))$/

const noGmail =
  'This version has no Gmail mailboxes. SMTP_URL and EMAIL_FROM make a real email sender.'
const noTwilio = 'This version has no provider for SMS and calls: they go to the sandbox.'

/** Variables whose use is still to come, and what they will, or will not, be good for. */
const early: Readonly<Record<string, string>> = {
  SENDGRID_API_KEY:
    'This version does not speak SendGrid’s API. SMTP_URL and EMAIL_FROM make a real email sender.',
  TWILIO_ACCOUNT_SID: noTwilio,
  TWILIO_AUTH_TOKEN: noTwilio,
  GOOGLE_CLIENT_ID: noGmail,
  GOOGLE_CLIENT_SECRET: noGmail,
  GOOGLE_REDIRECT_URI: noGmail,
  EMAILOCTOPUS_API_KEY: 'This version reads nothing from EmailOctopus yet.',
  FIREBASE_SERVER_KEY:
    'Google has switched these keys off. Push will ask for FIREBASE_SERVICE_ACCOUNT.',
  WEBHOOK_SECRET: 'It will sign the webhooks that we send. This version sends none yet.',
}

export const needless = (env: Environment) =>
  Object.keys(env).flatMap((name) => {
    if (notNeeded.test(name)) return [`${name} is not needed: Beckon has no use for it.`]
    const why = env[name] ? early[name] : undefined
    return why === undefined ? [] : [`${name} is not used: ${why}`]
  })

export function placeholderFaults(
  env: Environment,
  production: boolean,
  warnings: string[],
): string[] {
  const names = Object.keys(env).filter((name) => env[name] === placeholder)
  if (production) return names.map((name) => `${name}: still has the placeholder ${placeholder}`)
  warnings.push(
    ...names.map(
      (name) => `${name} still has the placeholder ${placeholder}; production will refuse it.`,
    ),
  )
  return []
}

/** Variables that make sense only together. */
export function pairFaults(env: Environment): string[] {
  const pairs = [
    ['SMTP_URL', 'EMAIL_FROM'],
    ['ADMIN_EMAIL', 'ADMIN_PASSWORD'],
    ['ADMIN_PASSWORD', 'ADMIN_EMAIL'],
  ] as const
  return pairs
    .filter(([one, other]) => env[one] && !env[other])
    .map(([one, other]) => `${other}: needed together with ${one}`)
}
