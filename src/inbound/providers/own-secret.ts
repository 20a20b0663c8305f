/** Postmark and Brevo sign nothing: a secret of ours stands in the URL, or in basic authentication. */
import { type Call, type Checked, forged, isSame } from './call.js'

/** @param secret - the bare secret; as a password, whatever the name, or as `NAME:PASSWORD` whole */
export function checkOwnSecret({ headers, secret: inUrl }: Call, secret: string): Checked {
  const basic = /^basic ([a-z0-9+/=]{1,1000})$/i.exec(headers['authorization'] ?? '')?.[1]
  const credentials = basic === undefined ? undefined : Buffer.from(basic, 'base64').toString('utf8')
  const password = credentials?.slice(credentials.indexOf(':') + 1)
  const given = [inUrl, password, credentials].map((one) => isSame(one, secret))
  return given.includes(true) ? { state: 'genuine' } : forged
}
