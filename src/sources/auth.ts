import { createHash, timingSafeEqual } from 'node:crypto'
import { errorText } from '#kit/errors'
import type { SecretKeyRef } from '#kinds/meta'
import { DEFAULT_SIGNATURE_HEADER, type Source } from '#kinds/source'
import type { Headers } from './payload.ts'
import { isSigned } from './signature.ts'

export type Authentication =
  | { ok: true }
  /** 401: not who he says, or says nothing. 503: we cannot tell, since the Secret cannot be read; `detail` is for the log only. */
  | { ok: false; status: 401 | 503; reason: string; detail?: string }

/** Whose token of the cluster this is, if it was made for Inquest; null: nobody's. Throws when that cannot be told. */
export type WhoIs = (token: string) => Promise<{ username: string } | null>

/** What is asked to know a sender. */
export interface Knowing {
  /** Of the Source's namespace. */
  secret(ref: SecretKeyRef): Promise<string>
  namespace: string
  whoIs: WhoIs
}

/** Whether a request comes from who the Source says, by its `Authorization` header or its signature. Compares in constant time. */
export async function authenticate(
  auth: NonNullable<Source['spec']['auth']>,
  { headers, body }: { headers: Headers; body: Uint8Array },
  knowing: Knowing,
): Promise<Authentication> {
  const { secret } = knowing
  if (auth.none) return { ok: true }
  if (auth.hmac) return signed(auth.hmac, headers, body, secret)
  const { authorization } = headers
  const [, scheme, value] = /^(\S+)\s+(\S+)\s*$/.exec(authorization ?? '') ?? []
  const wanted = auth.bearer || auth.serviceAccount ? 'Bearer' : 'Basic'
  if (value === undefined || scheme?.toLowerCase() !== wanted.toLowerCase()) {
    return { ok: false, status: 401, reason: `this Source wants an Authorization header with ${wanted} credentials` }
  }
  if (auth.serviceAccount) return accounted(auth.serviceAccount, value, knowing)
  const ref = auth.bearer?.secretKeyRef ?? auth.basic?.passwordSecretKeyRef
  if (!ref) return { ok: false, status: 401, reason: 'this Source names no way to authenticate' }
  const known = await read(ref, secret)
  if (typeof known !== 'string') return known
  const expected = auth.basic ? `${auth.basic.username}:${known}` : known
  const given = auth.basic ? Buffer.from(value, 'base64').toString() : value
  return same(given, expected) ? { ok: true } : { ok: false, status: 401, reason: 'the credentials are wrong' }
}

async function accounted(
  { name, namespace: own }: { name: string; namespace?: string | undefined },
  token: string,
  { namespace, whoIs }: Knowing,
): Promise<Authentication> {
  const wanted = `system:serviceaccount:${own ?? namespace}:${name}`
  try {
    const user = await whoIs(token)
    if (user?.username === wanted) return { ok: true }
    const detail = user
      ? `it is a token of ${user.username}, not of ${wanted}`
      : 'the cluster does not know the token, or its audience is another'
    return { ok: false, status: 401, reason: 'the credentials are wrong', detail }
  } catch (error) {
    return { ok: false, status: 503, reason: 'the credentials of this Source cannot be checked now', detail: errorText(error) }
  }
}

async function signed(
  { secretKeyRef, header = DEFAULT_SIGNATURE_HEADER }: NonNullable<NonNullable<Source['spec']['auth']>['hmac']>,
  headers: Headers,
  body: Uint8Array,
  secret: (ref: SecretKeyRef) => Promise<string>,
): Promise<Authentication> {
  const signature = headers[header.toLowerCase()]
  if (signature === undefined) return { ok: false, status: 401, reason: `this Source wants a signature in the header ${header}` }
  const known = await read(secretKeyRef, secret)
  if (typeof known !== 'string') return known
  return isSigned(body, known, signature) ? { ok: true } : { ok: false, status: 401, reason: 'the signature is wrong' }
}

async function read(
  ref: SecretKeyRef,
  secret: (ref: SecretKeyRef) => Promise<string>,
): Promise<string | Extract<Authentication, { ok: false }>> {
  const reason = 'the credentials of this Source cannot be checked now'
  try {
    // `echo secret | kubectl create secret … --from-file` leaves a newline.
    const value = (await secret(ref)).replace(/\r?\n$/, '')
    return value || { ok: false, status: 503, reason, detail: `the key ${ref.key} of Secret ${ref.name} is empty` }
  } catch (error) {
    return { ok: false, status: 503, reason, detail: errorText(error) }
  }
}

/** Of equal length, whatever was given, so that the time tells nothing. */
const same = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
