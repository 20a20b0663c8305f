/** A DNS of one zone in memory, as Node's resolver answers. */
import type { DomainDns } from '../../../src/mail/domain/facts.js'

export type Zone = Record<
  string,
  { TXT?: string[]; A?: string[]; AAAA?: string[]; MX?: string[]; PTR?: string[] }
>

/** A name with `SERVFAIL` as its text stands for a server that does not answer. */
export function dnsOf(zone: Zone): DomainDns {
  const failing = (code: string) => Object.assign(new Error(`query ${code}`), { code })
  const ask = async (name: string, kind: keyof Zone[string]): Promise<string[]> => {
    const records = zone[name.toLowerCase()]
    if (records?.TXT?.[0] === 'SERVFAIL') throw failing('ESERVFAIL')
    if (!records) throw failing('ENOTFOUND')
    return records[kind] ?? Promise.reject(failing('ENODATA'))
  }
  return {
    // Long records come in pieces of at most 255 bytes.
    resolveTxt: async (name) => (await ask(name, 'TXT')).map((text) => text.match(/.{1,255}/g) ?? ['']),
    resolve4: (name) => ask(name, 'A'),
    resolve6: (name) => ask(name, 'AAAA'),
    resolveMx: async (name) =>
      (await ask(name, 'MX')).map((record) => {
        const [priority, exchange = ''] = record.split(' ')
        return { priority: Number(priority), exchange: exchange === '.' ? '' : exchange }
      }),
    reverse: (address) => ask(address, 'PTR'),
  }
}
