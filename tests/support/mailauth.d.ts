/** The part of mailauth that the tests use; it brings no types. */
declare module 'mailauth/lib/dkim/verify.js' {
  type Resolve = (name: string, type: string) => Promise<string[][]>
  type Result = {
    signingDomain: string
    selector: string
    algo: string
    format: string
    signingHeaders: { keys: string }
    status: { result: string; comment?: string; overSized?: number }
  }
  export function dkimVerify(
    message: Buffer,
    options: { resolver: Resolve; curTime?: Date },
  ): Promise<{ results: Result[] }>
}
