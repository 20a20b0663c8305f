/** What the backend of a connection has used so far, and what the ledger takes on disk. */
import { readdirSync, readFileSync } from 'node:fs'
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
  const cpuMs = ((statOf(state.pid)?.own ?? 0) * 1_000) / ticksPerSecond
  return { cpuMs, wal: Number(state.wal), stored: Number(state.stored) }
}

/** CPU that the server has used so far, with what its processes that have ended had used. Null when it is not on this machine. */
export async function serverCpuMs(db: Db): Promise<number | null> {
  const [row] = await db.sql<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const postmaster = row && statOf(row.pid)?.parent
  if (postmaster === undefined) return null
  let ticks = 0
  for (const entry of readdirSync('/proc')) {
    const stat = /^\d+$/.test(entry) ? statOf(Number(entry)) : null
    if (stat?.parent === postmaster) ticks += stat.own
    if (Number(entry) === postmaster && stat) ticks += stat.own + stat.children
  }
  return (ticks * 1_000) / ticksPerSecond
}

/** User and system time in ticks, of the process and of its children that have ended (proc(5)). */
function statOf(pid: number): { parent: number; own: number; children: number } | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ').map(Number) ?? []
    const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15)
    return { parent: fields[1] ?? 0, own: user + system, children: childUser + childSystem }
  } catch {
    return null
  }
}
