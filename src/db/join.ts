/** Lets verbs that still open transactions of their own take part in one that is open already. */
import type { Db, Query, Tx } from './client.js'

/** A transaction that also passes for a database. */
type Joined = Db & Tx

/**
 * Runs the work in one transaction. Verbs that are given `tx` as their database take part in it: their
 * transactions become savepoints, so that what they do stands or falls with the rest. One at a time.
 */
export function withJoined<T>(db: Db, work: (tx: Joined, query: Query) => Promise<T>): Promise<T> {
  return db.transaction(null, (tx) => work(joined(db, tx), tx.sql))
}

function joined(db: Db, tx: Tx): Joined {
  const transaction: Db['transaction'] = (_, work) => tx.savepoint(() => work(tx))
  const { sql, run, models } = tx
  const savepoint = tx.savepoint.bind(tx)
  const own = new Map<PropertyKey, unknown>(
    Object.entries({ sql, run, models, savepoint, transaction, witness: db.witness }),
  )
  return new Proxy(db, {
    get: (_, name) => {
      if (name === 'tables') return tx.tables
      if (own.has(name)) return own.get(name)
      throw new Error(`${String(name)} of a database cannot take part in another transaction`)
    },
  }) as Joined
}
