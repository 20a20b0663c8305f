/** Certificates that a test makes for itself: X.509 in its first version, signed with their own key. */
import { type KeyObject, generateKeyPairSync, sign } from 'node:crypto'

const der = (tag: number, ...content: Buffer[]) => {
  const body = Buffer.concat(content)
  const long = [body.length >> 8, body.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...(body.length < 128 ? [body.length] : [0x82, ...long])]), body])
}
const sequence = (...content: Buffer[]) => der(0x30, ...content)
const commonName = Buffer.from([0x55, 0x04, 0x03])
const sha256WithRsa = sequence(der(0x06, Buffer.from('2a864886f70d01010b', 'hex')), der(0x05))

/** @param name - its common name, which it gives to itself */
export function makeCertificate(name: string, from: Date, to: Date): { pem: string; key: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const named = sequence(der(0x31, sequence(der(0x06, commonName), der(0x0c, Buffer.from(name)))))
  const time = (at: Date) => der(0x18, Buffer.from(`${at.toISOString().replaceAll(/[-:T]|\..*/g, '')}Z`))
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  const body = sequence(
    der(0x02, Buffer.from([1])),
    sha256WithRsa,
    named,
    sequence(time(from), time(to)),
    named,
    spki,
  )
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, privateKey))
  const base64 = sequence(body, sha256WithRsa, signature).toString('base64')
  const lines = base64.replaceAll(/.{64}/g, '$&\n')
  return { pem: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`, key: privateKey }
}
