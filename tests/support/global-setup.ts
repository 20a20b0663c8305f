/** Brings up one Postgres for the whole run and migrates a template that each test file clones. */
import type { TestProject } from 'vitest/node'
import { openDb } from '../../src/db/client.js'
import { migrate } from '../../src/db/migrations/migrate.js'
import { silentLog } from '../../src/log.js'
import { startTestServer } from './test-server.js'

declare module 'vitest' {
  export interface ProvidedContext {
    serverUrl: string
    template: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestServer()
  const template = `template_${process.pid}_${Date.now()}`
  const admin = openDb(server.url, silentLog, { connections: 1 })
  await admin.sql(`CREATE DATABASE ${template}`)
  const db = openDb(withDatabase(server.url, template), silentLog, { connections: 2 })
  await migrate(db)
  await db.close()
  project.provide('serverUrl', server.url)
  project.provide('template', template)
  return async () => {
    await admin.sql(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`)
    await admin.close()
    await server.stop()
  }
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}
