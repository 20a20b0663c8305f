/** The client of a mailbox: its login, the folder for what was taken, and the wait for new mail. */
import type { ImapFlow } from 'imapflow'
import type { InboundMailbox } from '../../config/inbound.js'
import type { AccessTokens } from '../../network/access-token.js'
import { isLoopbackAddress } from '../../network/addresses.js'

/** Where what was taken goes. */
const takenFolder = 'Daily Papers'
/** Also where a server tells nothing by itself. */
const lookAgainMs = 60_000

export async function openClient(where: InboundMailbox, tokens: AccessTokens | null): Promise<ImapFlow> {
  const { host, port, secure, user, password } = where
  // Imported late: most processes have no mailbox.
  const imap = await import('imapflow')
  const login =
    password === undefined && tokens ? { accessToken: await tokens.get() } : { pass: password ?? '' }
  return new imap.ImapFlow({
    host,
    port,
    secure,
    auth: { user, ...login },
    logger: false,
    disableAutoIdle: true,
    ...(!secure && !isLoopbackAddress(host) && host !== 'localhost' && { doSTARTTLS: true }),
  })
}

/** Some servers have it below INBOX. */
export async function folderFor(client: ImapFlow): Promise<string> {
  const folders = await client.list()
  const known = folders.find(({ name }) => name === takenFolder)
  return known?.path ?? (await client.mailboxCreate(takenFolder)).path
}

/** Resolves when the server tells of new mail, after a while, or when it is over. */
export function newMail(client: ImapFlow, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      client.off('exists', done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, lookAgainMs)
    client.on('exists', done)
    signal.addEventListener('abort', done, { once: true })
    if (signal.aborted) done()
  })
}
