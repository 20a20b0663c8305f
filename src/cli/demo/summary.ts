/** What the demo prints at its end: where to look. */
import { resolve } from 'node:path'
import type { Config } from '../../config/config.js'
import { demoReader } from './reader.js'
import type { Shown } from './steps.js'

/** @param url where the API listens; absent when it does not */
export function summaryOf(config: Config, { day, subject, adminKey }: Shown, url?: string): string[] {
  const outbox = resolve(config.dataDir, 'outbox')
  const mail = ['', `To ${demoReader}: “${subject}”`, `  mails     ${outbox}`]
  if (url === undefined) return mail
  const places = {
    today: '/',
    edition: `/editions/${day}`,
    outbox: '/outbox',
    'API docs': '/docs',
    dashboard: '/admin',
  }
  return [
    ...mail,
    ...Object.entries(places).map(([name, path]) => `  ${name.padEnd(10)}${url}${path}`),
    '',
    `Admin key: ${adminKey}`,
    `  curl -H 'Authorization: Bearer ${adminKey}' ${url}/api/v1/admin/subscribers`,
    '',
    'Sign up at the first page: the confirmation comes to the outbox. Ctrl-C stops everything.',
  ]
}
