/** Members, their invitations and their sign-in, in requests and answers. */
import { z } from 'zod'
import { emailSyntax } from '../../lib/email.ts'
import { roles } from '../auth.ts'

export const Email = z
  .string()
  .max(254)
  .refine(emailSyntax, 'not an email address, such as ada@example.com')
export const Password = z.string().min(1).max(256)
export const RoleName = z.enum(roles)
/** Without @, so that no user name is somebody's email. */
export const UserName = z
  .string()
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N}._-]{1,63}$/u,
    '2 to 64 letters, digits, dots, dashes or underscores',
  )
export const FullName = z.string().trim().min(1).max(200)
export const LinkToken = z.string().min(1).max(100).meta({ description: 'From the one-time link.' })

export const MemberView = z
  .object({
    id: z.uuid(),
    email: z.string(),
    user_name: z.string().nullable(),
    full_name: z.string().nullable(),
    role: RoleName,
    is_active: z.boolean(),
    two_factor: z.boolean(),
    last_login: z.iso.datetime().nullable(),
    created_by: z.uuid().nullable(),
    created_at: z.iso.datetime(),
  })
  .meta({ description: 'A person who signs in to the workspace.' })

export const NewMember = z.strictObject({
  email: Email,
  role: RoleName,
  password: Password.optional().meta({
    description: 'At least 12 characters; 8 for the role client.',
  }),
  password_hash: z.string().max(500).optional().meta({
    description:
      'Of a client, instead of the password: as Django or Werkzeug stored it. Replaced at the next login.',
  }),
  user_name: UserName.optional(),
  full_name: FullName.optional(),
})

export const MemberChange = z
  .strictObject({ role: RoleName.optional(), is_active: z.boolean().optional() })
  .refine((change) => Object.keys(change).length > 0, 'give role, is_active or both')

export const NewInvitation = z.strictObject({ email: Email, role: RoleName })

export const InvitationView = z.object({
  id: z.uuid(),
  email: z.string(),
  role: RoleName,
  url: z
    .string()
    .nullable()
    .meta({ description: 'Give it to the person. Shown once: null when the answer is repeated.' }),
  expires_at: z.iso.datetime(),
})

export const OpenInvitationView = z
  .object({
    id: z.uuid(),
    email: z.string(),
    role: RoleName,
    invited_by: z.uuid().nullable().meta({ description: 'A member; null: a key.' }),
    invited_by_name: z
      .string()
      .nullable()
      .meta({ description: 'Null also when that member is gone.' }),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
  })
  .meta({ description: 'An invitation that nobody has taken yet.' })

export const ResetView = z.object({
  url: z
    .string()
    .nullable()
    .meta({ description: 'Give it to the person. Shown once: null when the answer is repeated.' }),
  expires_at: z.iso.datetime(),
})

export const Acceptance = z.strictObject({
  token: LinkToken,
  password: Password.meta({
    description: 'A new password; the present one when this email signs in here already.',
  }),
  code: z.string().max(40).optional(),
  user_name: UserName.optional(),
  full_name: FullName.optional(),
})

export const Setup = z.strictObject({
  token: LinkToken,
  email: Email,
  password: Password,
  full_name: FullName.optional(),
})

export const Reset = z.strictObject({ token: LinkToken, password: Password })
