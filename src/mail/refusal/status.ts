/** What an enhanced status says by itself (RFC 3463, 5248, 7372, 7505). */
import type { Meaning } from './words.js'

const bySubjectAndDetail: Record<string, Meaning> = {
  '1.1': 'no-mailbox',
  '1.2': 'no-domain',
  '1.3': 'no-mailbox',
  '1.6': 'moved',
  '1.7': 'sender',
  '1.8': 'sender',
  '1.10': 'takes-no-mail',
  '2.1': 'disabled',
  '2.2': 'full',
  '2.3': 'size',
  '3.4': 'size',
  '4.4': 'no-domain',
  '4.6': 'loop',
  '4.7': 'expired',
  '7.26': 'authentication',
  '7.25': 'name-server',
}
const bySubject: Record<string, Meaning> = {
  '2': 'unclear',
  '3': 'broken',
  '4': 'broken',
  '5': 'syntax',
  '6': 'syntax',
  '7': 'denied',
}

/** Null when the status is missing, or as general as `5.0.0` and `5.1.0`. */
export function byStatus(status: string | null): Meaning | null {
  const [, subject = '', detail = ''] = status?.split('.') ?? []
  return bySubjectAndDetail[`${subject}.${detail}`] ?? bySubject[subject] ?? null
}
