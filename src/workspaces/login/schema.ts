/** Signing in, in requests and answers. */
import { z } from 'zod'
import { scopes } from '../auth.ts'
import { FullName, Password, RoleName, UserName } from '../members/schema.ts'

const Code = z
  .string()
  .max(40)
  .meta({ description: 'Of the authenticator app, or a recovery code.' })
const credentials = {
  email: z.string().min(1).max(254).optional().meta({ description: 'Email or user name.' }),
  user_name: z.string().min(1).max(254).optional(),
  password: Password,
  code: Code.optional(),
}
const namesOne = (body: { email?: string | undefined; user_name?: string | undefined }) =>
  (body.email === undefined) !== (body.user_name === undefined)
const NAMES_ONE = 'give either email or user_name'

export const LoginBody = z
  .strictObject({
    ...credentials,
    remember: z
      .boolean()
      .default(false)
      .meta({ description: 'Keeps this device signed in for 30 days without use.' }),
    workspace: z
      .string()
      .max(63)
      .optional()
      .meta({ description: 'Id or slug. Absent: your first.' }),
  })
  .refine(namesOne, NAMES_ONE)

export const ClientLoginBody = z.strictObject(credentials).refine(namesOne, NAMES_ONE)

const PersonView = z.object({
  id: z.uuid(),
  email: z.string(),
  user_name: z.string().nullable(),
  full_name: z.string().nullable(),
  two_factor: z.boolean(),
})

export const LoginView = z.object({
  member: PersonView,
  workspace_id: z.uuid(),
  role: RoleName,
  expires_at: z.iso.datetime(),
  secure_cookie: z.boolean().meta({
    description: 'False when PUBLIC_URL is not https: the cookie then travels unprotected.',
  }),
})

export const ClientLoginView = z.object({
  token: z.string().meta({ description: 'Send it as `Authorization: Bearer <token>`.' }),
  token_type: z.literal('Bearer'),
  expires_in: z.int().meta({ description: 'Seconds.' }),
  client_id: z.uuid().meta({ description: 'The workspace.' }),
  member: PersonView,
  role: RoleName,
})

export const MeView = z.object({
  kind: z.enum(['key', 'instance', 'session', 'token']),
  workspace: z.object({ id: z.uuid(), slug: z.string(), name: z.string() }),
  member: PersonView.nullable(),
  role: RoleName.nullable(),
  scopes: z.array(z.enum(scopes)),
  workspaces: z
    .array(z.object({ id: z.uuid(), slug: z.string(), role: RoleName }))
    .meta({ description: 'Where this person may sign in.' }),
})

export const ProfileBody = z
  .strictObject({
    full_name: FullName.nullable().optional(),
    user_name: UserName.nullable().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'give full_name, user_name or both')

export const SwitchBody = z.strictObject({ workspace_id: z.uuid() })
export const VerifyBody = z.strictObject({ password: Password, code: Code.optional() })
export const CodeBody = z.strictObject({ code: Code })
export const EnrolmentView = z.object({
  secret: z.string(),
  url: z.string().meta({ description: 'For a QR code.' }),
})
export const RecoveryCodesView = z.object({
  recovery_codes: z.array(z.string()).meta({ description: 'Each is good once. Shown once.' }),
})

export const PasswordBody = z.strictObject({
  current_password: Password,
  password: Password.meta({ description: 'At least 12 characters; 8 for the role client.' }),
  code: Code.optional(),
})
export const ClientPasswordBody = z.strictObject({
  current_password: Password,
  new_password: Password,
  code: Code.optional(),
})

export const SessionView = z.object({
  id: z.string(),
  current: z.boolean(),
  created_at: z.iso.datetime(),
  seen_at: z.iso.datetime().meta({ description: 'To the minute.' }),
  expires_at: z.iso.datetime(),
  remembered: z.boolean(),
  ip: z.string().nullable(),
  user_agent: z.string().nullable(),
})
export const SessionsView = z.object({
  data: z.array(SessionView),
  has_more: z.literal(false),
  next_cursor: z.null(),
})
export const SessionId = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{64}$/, 'not the id of a session'),
})
export const Message = z.object({ message: z.string() })
