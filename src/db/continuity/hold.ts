/** Whether sending is held because the database may not know of mail that has gone out. */
import { boolean } from '../queries/sql-types.js'
import { statement } from '../queries/statement.js'
import { type Facts, type Seen, whyAnother } from '../witness/judge.js'
import { type Hold, layStamp, readFacts, readHold, type Runs, writeHold } from './stamp.js'
import type { Witness } from '../witness/witness.js'

/**
 * Looks at the database and at what is remembered of it, and holds all sending when the two don't fit.
 * Whoever is about to send asks this first, in the transaction of the claim.
 */
export async function findHold(db: Runs, witness: Witness): Promise<Hold | null> {
  // Taken before the question: other questions of this process may be answered in between.
  const [seen, copied] = [witness.seen, witness.copied]
  const facts = (await readFacts(db, seen?.head ?? null)) ?? (await firstFacts(db))
  const why = facts.heldAt ? null : await whyHold(db, facts, seen, copied)
  if (!why && !facts.heldAt) {
    witness.note(facts)
    return null
  }
  if (why) await writeHold(db, why)
  return readHold(db)
}

async function whyHold(db: Runs, facts: Facts, seen: Seen | null, copied: boolean): Promise<string | null> {
  // A database without readers has mailed nobody, whichever one it is.
  const strange = seen !== null && seen.lineage !== facts.lineage && !(await hasReaders(db))
  if (copied && !strange) return 'DATA_DIR, with the database in it, was restored or copied.'
  return whyAnother(facts, strange ? null : seen)
}

async function firstFacts(db: Runs): Promise<Facts> {
  await layStamp(db)
  const facts = await readFacts(db, null)
  if (!facts) throw new Error('the database was not stamped')
  return facts
}

const readersThere = statement({
  text: 'SELECT EXISTS (SELECT FROM subscriber) AS some',
  parameters: [],
  columns: { some: boolean },
})

async function hasReaders(db: Runs): Promise<boolean> {
  return (await db.run(readersThere, []))[0]?.some ?? false
}
