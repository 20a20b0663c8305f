/** What a drill starts from: readers, and a frozen edition whose time has come. */
import type { Db } from '../../src/db/client.js'
import { addEdition, addReaders } from '../support/ledger.js'

const line = 'A sentence about a paper that many people liked today, as long as such sentences are.'

/** A small mail of two cards. */
export const compiled = {
  subject: 'Daily papers of the drill',
  html: {
    head: '<!doctype html><html lang="en"><body>\n',
    cards: [`<p>${line}</p>\n`, `<p>${line.repeat(20)}</p>\n`],
    foot: '<p><a href="@@UNSUBSCRIBE_URL@@">Unsubscribe</a></p></body></html>\n',
  },
  text: { head: 'Papers\n\n', cards: [`${line}\n`, `${line}\n${line}\n`], foot: '@@UNSUBSCRIBE_URL@@\n' },
}

/** @returns the edition's id; a worker fans it out. */
export async function setScene(db: Db, deliveries: number): Promise<number> {
  await addReaders(db, deliveries, { domains: ['one.example', 'two.example', 'three.example'] })
  return addEdition(db, { sendAt: new Date(), compiled })
}

/** The environment of a drill's worker. */
export const workerEnvironment = (
  plan: { connections: number; leaseSeconds: number },
  database: { url: string; folder: string },
  relay: string,
): Record<string, string> => ({
  DATABASE_URL: database.url,
  DATA_DIR: database.folder,
  MAIL_URL: `${relay}?connections=${plan.connections}&timeout=3`,
  MAIL_FROM: 'Drill <papers@drill.example>',
  PUBLIC_URL: 'https://papers.drill.example',
  SECRET_KEY: 'a secret of the drill, thirty-two letters long',
  // Nobody listens there: the feed has no part in the drill.
  PAPERS_API_URL: 'http://127.0.0.1:9',
  RETRY_SECONDS: '1',
  LEASE_SECONDS: String(plan.leaseSeconds),
})
