/** Passwords from people and pipes; never from an echoed line. */
import { text } from 'node:stream/consumers'
import { AppError } from '../errors.ts'

export interface PasswordFlags {
  readonly password?: string
  readonly passwordStdin?: boolean
}

/** As given, from stdin, or asked for on a terminal. */
export async function readPassword(flags: PasswordFlags): Promise<string> {
  if (flags.password !== undefined) return flags.password
  if (flags.passwordStdin === true) return (await text(process.stdin)).replace(/\r?\n$/, '')
  if (process.stdin.isTTY && process.stderr.isTTY) return askHidden('Password: ')
  throw new AppError('invalid_input', 'Give the password by --password-stdin (or --password).')
}

const CTRL_C = '\x03'
const CTRL_D = '\x04'

function askHidden(question: string): Promise<string> {
  const { stdin, stderr } = process
  stderr.write(question)
  stdin.setRawMode(true).setEncoding('utf8').resume()
  return new Promise((resolve, reject) => {
    let typed = ''
    const end = () => {
      stdin.setRawMode(false).pause()
      stdin.off('data', take)
      stderr.write('\n')
    }
    const take = (part: string) => {
      for (const sign of part) {
        if (sign === CTRL_C) {
          end()
          return reject(new AppError('invalid_input', 'No password was given.'))
        }
        if (sign === '\r' || sign === '\n' || sign === CTRL_D) {
          end()
          return resolve(typed)
        }
        typed = sign === '\x7f' || sign === '\b' ? typed.slice(0, -1) : typed + sign
      }
    }
    stdin.on('data', take)
  })
}
