/** On whose behalf the command line changes something, for the audit log. */
import { userInfo } from 'node:os'
import { type Author, reasonOf } from '../../operations/audit.js'

export function cliAuthor(why: string | null = null): Author {
  return { who: `cli:${accountName()}`, why: reasonOf(why), requestId: null }
}

function accountName(): string {
  try {
    return userInfo().username
  } catch {
    // A container may run under a number that has no name.
    return String(process.getuid?.() ?? 'unknown')
  }
}
