/** What the backend of a connection has used so far, and what the ledger takes on disk. */
import { readFileSync } from 'node:fs'
import type { Db } from '../../src/db/client.js'

export type BackendState = { cpuMs: number; wal: number; stored: number }

const ticksPerSecond = 100

/** @param db of one connection alone, to a server on this machine. */
export async function backendState(db: Db): Promise<BackendState> {
  const [state] = await db.sql<{ pid: number; wal: string; stored: string }>(
    `SELECT pg_backend_pid() AS pid, (pg_current_wal_insert_lsn() - '0/0')::text AS wal,
       (SELECT sum(pg_total_relation_size(c.oid))::text FROM pg_class c
        WHERE relkind = 'r' AND relname ~ '^(delivery|attempt|batch|batch_settle.*|edition_domain|relay_hour)$') AS stored`,
  )
  if (!state) throw new Error('no backend')
  // User and system time, in ticks (proc(5)).
  const times = readFileSync(`/proc/${state.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  const ticks = Number(times[11]) + Number(times[12])
  return { cpuMs: (ticks * 1_000) / ticksPerSecond, wal: Number(state.wal), stored: Number(state.stored) }
}
