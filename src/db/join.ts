/** Runs verbs that open transactions of their own inside one that is open already. */
import { type Db, inTransaction, type Query } from './client.js'

/** What of a database can take part in a transaction of somebody else's. */
const joinable = new Set<PropertyKey>(['sql', 'pool'])

/**
 * Runs the work in one transaction. Verbs that are given `tx` as their database take part in it: their
 * transactions become savepoints, so that what they do stands or falls with the rest. One at a time.
 */
export function withJoined<T>(db: Db, work: (tx: Db, query: Query) => Promise<T>): Promise<T> {
  return inTransaction(db, (query) => work(joined(db, query), query))
}

function joined(db: Db, query: Query): Db {
  const parts = { sql: query, pool: { connect: async () => connectionOf(query) } }
  return new Proxy(db, {
    get: (_, name) => {
      if (joinable.has(name)) return Reflect.get(parts, name)
      throw new Error(`${String(name)} of a database cannot take part in another transaction`)
    },
  })
}

/** A connection as `inTransaction` uses one, whose transactions are savepoints. */
function connectionOf(query: Query) {
  const name = `joined_${savepoints++}`
  const words = new Map([
    ['BEGIN', [`SAVEPOINT ${name}`]],
    ['COMMIT', [`RELEASE ${name}`]],
    ['ROLLBACK', [`ROLLBACK TO ${name}`, `RELEASE ${name}`]],
  ])
  return {
    query: async (text: string, values?: unknown[]) => {
      const instead = words.get(text)
      if (!instead) return { rows: await query(text, values) }
      for (const statement of instead) await query(statement)
      return { rows: [] }
    },
    release: () => {},
  }
}

let savepoints = 0
